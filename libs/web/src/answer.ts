import type { Outcome, Position } from '@symbolon/event-sourcing';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Problem } from './problem.js';

/** What a command that was carried out answers. `revision` is decimal text: JSON numbers end at 2^53. */
export type Answer = Readonly<{ position: Position | null; revision: string; changed: boolean }>;

/** `Answer` in the API documents. */
export const AnswerSchema = z.object({
  position: z.string().nullable().describe('Where the log stood: send it as ?after= to read what you wrote'),
  revision: z.string().describe('Revision of the stream, as in ETag'),
  changed: z.boolean().describe('False: it was so already'),
});

const TITLES = { idempotency_key_reused: 'This Idempotency-Key was used for another request', revision_mismatch: 'It changed since you read it' } as const;

const sentence = (code: string): string => {
  const words = code.slice(code.indexOf('/') + 1).replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
};

/** Success as an answer with its position; a refusal or clash as a problem. `statuses` is total: every refusal has a status. */
export function answer<R extends string>(outcome: Outcome<R>, statuses: Readonly<Record<R, number>>, reply?: FastifyReply, explain?: (refused: R) => string | undefined): Answer {
  if ('refused' in outcome) {
    const detail = explain?.(outcome.refused);
    throw new Problem({ type: outcome.refused, title: sentence(outcome.refused), status: statuses[outcome.refused], ...(detail === undefined ? {} : { detail }) });
  }
  if ('clash' in outcome) throw new Problem({ type: `web/${outcome.clash}`, title: TITLES[outcome.clash], status: outcome.clash === 'revision_mismatch' ? 412 : 422, detail: outcome.clash === 'revision_mismatch' ? 'Read it again and decide anew.' : 'Use a new key for a new request.' });
  if (outcome.position !== undefined) reply?.header('symbolon-position', outcome.position);
  reply?.header('etag', `"${outcome.revision}"`);
  return { position: outcome.position ?? null, revision: String(outcome.revision), changed: outcome.changed };
}
