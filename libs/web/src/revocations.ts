import { projection, put, table } from '@symbolon/event-sourcing';
import type { Projection } from '@symbolon/event-sourcing';
import { topics } from '@symbolon/events';
import type { AuthenticationPublicEvent, ConsentPublicEvent } from '@symbolon/events';
import type { Database } from '@symbolon/postgres';
import type { Worker } from './service.js';

/**
 * What an access token for our own APIs rests on, as it was when the token was made (its claim `rests_on`). `account`: the epoch of the account's proofs, see
 * `epochText`. `session`: the hash of the session that it ends with. `client` and `authorization`: where the log stood when the application was last
 * disabled, and when what the person allowed it was last withdrawn.
 */
export type RestsOn = Readonly<Partial<Record<'account' | 'session' | 'client' | 'authorization', string>>>;

/** An epoch as text whose byte order is its order. */
export const epochText = (epoch: number): string => String(epoch).padStart(16, '0');

/** The keys of `revoked_v1` and `withdrawn_v1`: what a token can rest on. */
export const revocationKey = {
  account: (account: string): string => `account ${account}`,
  session: (session: string): string => `session ${session}`,
  client: (client: string): string => `client ${client}`,
  authorization: (account: string, client: string): string => `authorization ${account} ${client}`,
} as const;

/** A session ends once: a token that rests on it knows of no end. */
const ENDED = 'ended';

const topicsFollowed = (service: string) => ({ revoked: `${service}.revoked.v1`, withdrawn: `${service}.withdrawn.v1` });

/** What every service follows, so that its token guard knows within a moment which tokens are worth nothing any more. Its migrations hold both tables. */
export const revocations = (service: string): readonly Projection[] => [
  projection<AuthenticationPublicEvent>(topicsFollowed(service).revoked, { topic: topics.authentication }, table(`${service}.revoked_v1`, ['key']), {
    AccessRevoked: ({ metadata, event: { data } }) => put({ key: revocationKey.account(metadata.subject ?? ''), epoch: epochText(data.epoch), at: metadata.at }),
    SessionEnded: ({ metadata, event: { data } }) => put({ key: revocationKey.session(data.session), epoch: ENDED, at: metadata.at }),
    ClientDisabled: ({ metadata, sequence, event: { data } }) => put({ key: revocationKey.client(data.clientId), epoch: sequence, at: metadata.at }),
  }),
  projection<ConsentPublicEvent>(topicsFollowed(service).withdrawn, { topic: topics.consent }, table(`${service}.withdrawn_v1`, ['key']), {
    ClientAuthorizationWithdrawn: ({ metadata, sequence, event: { data } }) => put({ key: revocationKey.authorization(metadata.subject ?? '', data.clientId), epoch: sequence, at: metadata.at }),
  }),
];

/** Whose token it is, and what it rests on. */
export type TokenBearer = Readonly<{ subject?: string; client: string; restsOn: RestsOn }>;

/** Each thing that a token rests on, with where that stood when the token was made. What a token does not say counts as the beginning. */
export function rests({ subject, client, restsOn }: TokenBearer): ReadonlyMap<string, string> {
  const found = new Map([[revocationKey.client(client), restsOn.client ?? '']]);
  if (subject === undefined) return found;
  found.set(revocationKey.account(subject), restsOn.account ?? '');
  found.set(revocationKey.authorization(subject, client), restsOn.authorization ?? '');
  if (restsOn.session !== undefined) found.set(revocationKey.session(restsOn.session), '');
  return found;
}

/** Whether anything that the token rests on was taken back since, or cannot be told because an event of this person is parked. Throws `Unavailable`. */
export async function isRevoked(database: Pick<Database, 'query'>, service: string, bearer: TokenBearer): Promise<boolean> {
  const on = rests(bearer);
  const { revoked, withdrawn } = topicsFollowed(service);
  const { rows } = await database.query<{ revoked: boolean }>(
    `with t as (select * from unnest($1::text[], $2::text[]) t (key, epoch))
     select exists (select from ${service}.revoked_v1 r join t using (key) where r.epoch > t.epoch collate "C")
       or exists (select from ${service}.withdrawn_v1 r join t using (key) where r.epoch > t.epoch collate "C")
       or exists (select from ${service}.parked where subscription in ($3, $4) and key = $5) as revoked`,
    [[...on.keys()], [...on.values()], revoked, withdrawn, bearer.subject ?? `client-${bearer.client}`],
  );
  return rows[0]?.revoked !== false;
}

/** Whether a service's guard knows of a revocation: of `key`, at `epoch` or later. */
export async function knowsOf(database: Pick<Database, 'query'>, service: string, key: string, epoch: string): Promise<boolean> {
  const { rowCount } = await database.query(`select from ${service}.revoked_v1 where key = $1 and epoch >= $2 union all select from ${service}.withdrawn_v1 where key = $1 and epoch >= $2`, [key, epoch]);
  return rowCount > 0;
}

const HOUR = 3_600_000;

/** Forgets sessions that ended an hour ago, since no token that rests on one lives as long, and proofs that would not be taken any more. */
export const endedSessions = (database: Pick<Database, 'query'>, service: string): Worker => ({
  name: `${service}.ended-sessions`,
  async run(signal) {
    while (!signal.aborted) {
      await database.query(`delete from ${service}.revoked_v1 where key like 'session %' and at < clock_timestamp() - interval '1 hour'`);
      await database.query(`delete from ${service}.proofs_of_possession where expires_at < clock_timestamp()`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, HOUR);
        signal.addEventListener('abort', () => { clearTimeout(timer); resolve(); }, { once: true });
      });
    }
  },
});
