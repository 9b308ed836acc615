import { StandardSchemaValidationPipe } from '@nestjs/common';
import type { FieldError } from './problem.js';
import { Problem } from './problem.js';

type Issue = Readonly<{ message: string; path?: ReadonlyArray<PropertyKey | { key: PropertyKey }>; code?: string; keys?: readonly string[] }>;

const pathOf = (issue: Issue): string => (issue.path ?? []).map((part) => String(typeof part === 'object' ? part.key : part)).join('.');

const errorsOf = (issue: Issue): FieldError[] => {
  const at = pathOf(issue);
  if (issue.code === 'unrecognized_keys') return (issue.keys ?? []).map((key) => ({ field: at === '' ? key : `${at}.${key}`, rule: 'unknown_field', message: 'There is no such field; leave it out.' }));
  return [{ field: at, rule: issue.code ?? 'invalid', message: issue.message }];
};

/** Names every field that is wrong, the rule, and what would be right. */
export const invalid = (issues: readonly Issue[]): Problem => new Problem({ type: 'web/invalid', title: 'The request is not valid', status: 400, errors: issues.flatMap(errorsOf) });

/** Checks bodies, queries and parameters that name a schema: `@Body({ schema })`. */
export const validation = (): StandardSchemaValidationPipe => new StandardSchemaValidationPipe({ exceptionFactory: (issues) => invalid(issues as readonly Issue[]) });
