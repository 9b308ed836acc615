import { mayActFor, notFound, Problem } from '@symbolon/web';
import type { CallerIdentity } from '@symbolon/web';

/** Whose consents a request is about: the caller's own, or `subject` for those who may. Somebody else's look as if they were not there. */
export function subjectOf(caller: CallerIdentity, asked: string | undefined, ...roles: readonly string[]): string {
  const subject = asked ?? caller.subject;
  if (subject === undefined) throw new Problem({ type: 'web/invalid', title: 'The request is not valid', status: 400, errors: [{ field: 'subject', rule: 'required', message: 'Name the account as ?subject=; this token is nobody’s own.' }] });
  if (!mayActFor(caller, subject, ...roles)) throw notFound();
  return subject;
}
