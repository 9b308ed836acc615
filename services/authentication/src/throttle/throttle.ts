import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Ports } from '@symbolon/web';
import { parseEmail } from '../register/email-address.js';
import { PORTS } from '../tokens.js';
import { countsMailbox, isCounted, limits, prefixOf } from './limits.policy.js';
import type { Counted, Kind, Limit } from './limits.policy.js';
import { mailboxOf } from './mailbox.policy.js';

/**
 * Whom an attempt is counted for. `address`: of the peer. `device`: a browser that is known to this login, and only then. `visit`: stands for the
 * network where the address does not say who is there.
 */
export type Who = Readonly<{ login?: string; address?: string; device?: string; visit?: string }>;

/** `retryAfter` in seconds; undefined where nobody may be told: go on with the same work, in vain. */
export type Turn = Readonly<{ allowed: true }> | Readonly<{ allowed: false; retryAfter: number | undefined }>;

/** Seconds to wait, where that is told. */
export const toldWait = (turn: Turn): number | undefined => (turn.allowed ? undefined : turn.retryAfter);

/** What one row is: of all that counts at once, the row lock lets one after the other through. What is refused does not count in a row. */
const count = (key: string, limit: string) => `
  insert into authentication.attempts as a (key, window_ends, count, most, in_a_row, stop)
  select ${key}, clock_timestamp() + make_interval(secs => (${limit})[1]), 1, (${limit})[2], 1, (${limit})[3]`;

const AGAIN = `
  on conflict (key) do update set
    window_ends = case when a.window_ends <= clock_timestamp() then excluded.window_ends else a.window_ends end,
    count = case when a.window_ends <= clock_timestamp() then 1 else least(a.count, excluded.most) + 1 end,
    most = excluded.most,
    in_a_row = case when a.window_ends > clock_timestamp() and a.count >= excluded.most then a.in_a_row
                    when excluded.stop = 0 then 1 else least(a.in_a_row, excluded.stop) + 1 end,
    stop = excluded.stop
  returning count > most as many, stop > 0 and in_a_row > stop as stopped, ceil(extract(epoch from window_ends - clock_timestamp()))::int as wait`;

/**
 * From the narrowest to the widest: what a network is refused does not count against a login, or one network could lock many people out; and what is
 * told to one asker does not count against everybody.
 */
const TAKE = `
  with network as (${count('$1::bytea', '$2::int[]')} where $1::bytea is not null ${AGAIN}),
  here as (${count('$3::bytea', '$4::int[]')} where $3::bytea is not null and not exists (select from network where many) ${AGAIN}),
  login as (${count('$5::bytea', '$6::int[]')}
    where $5::bytea is not null and not exists (select from network where many) and not exists (select from here where many or stopped) ${AGAIN})
  select true as told, * from network union all select true, * from here union all select false, * from login`;

/** The attempt that succeeded is taken back, so that a stranger gets as many answers as without it; a window that holds nothing else is over. */
const TAKE_BACK = `
  update authentication.attempts set in_a_row = 0,
    window_ends = case when count <= 1 then least(window_ends, clock_timestamp()) else window_ends end,
    count = case when window_ends > clock_timestamp() then greatest(least(count, most) - 1, 0) else count end
  where key = any ($1::bytea[])`;

const END_STOPS = 'update authentication.attempts set in_a_row = 0 where key = any ($1::bytea[])';

type Row = { told: boolean; many: boolean; stopped: boolean; wait: number };
type Counter = Readonly<{ key: Buffer; limit: Limit }>;

/** How long a hard stop tells to wait, in the owner's own browser. It does not end by itself. */
const STOPPED = 24 * 60 * 60;

/** Attempts, counted in rows before the work that they ask for. Keys are HMACs: the table names nobody. */
@Injectable()
export class Throttle {
  constructor(@Inject(PORTS) private readonly ports: Pick<Ports, 'database' | 'configuration'>) {}

  /** Counts this attempt and says whether it may go on. One statement: of many attempts at once, no more than the limit get through. */
  async take(kind: Kind, who: Who): Promise<Turn> {
    const counters = this.#counters(kind, who);
    if (counters.every((counter) => counter === undefined)) return { allowed: true };
    const { rows } = await this.ports.database.query<Row>(TAKE, counters.flatMap((counter) => [counter?.key ?? null, numbers(counter)]));
    const refused = rows.filter(({ many, stopped }) => many || stopped);
    if (refused.length === 0) return { allowed: true };
    const waits = refused.filter(({ told }) => told).map(({ stopped, wait }) => (stopped ? STOPPED : Math.max(1, wait)));
    return { allowed: false, retryAfter: waits.length === 0 ? undefined : Math.max(...waits) };
  }

  /** After a success: this attempt was none. What others tried stays counted, so that nobody learns from their own tries that somebody else succeeded; what is in a row begins anew, which no answer tells. */
  async succeeded(kind: Kind, who: Who): Promise<void> {
    const [, ...own] = this.#counters(kind, who);
    await this.ports.database.query(TAKE_BACK, [keysOf(own)]);
  }

  /** After a sign-in in a known browser, or a new password: who did this is the owner, so that hard stops which strangers reached end. Their windows go on. */
  async proven({ login, accountId }: Readonly<{ login: string; accountId: string }>): Promise<void> {
    const stops = [this.#login('sign-in', login), this.#login('recovery-code', login), this.#login('confirm-code', accountId)];
    await this.ports.database.query(END_STOPS, [keysOf(stops)]);
  }

  /** All that was counted for an application's secret from one address begins anew. Only for secrets: of a person's login this would tell strangers that its owner succeeded. */
  async reset(kind: 'secret', { login }: Readonly<{ login: string }>): Promise<void> {
    await this.ports.database.query('delete from authentication.attempts where key = any ($1::bytea[])', [keysOf([this.#login(kind, login)])]);
  }

  /** By network, here and everywhere; a known browser has its own count instead of all three. */
  #counters(kind: Kind, who: Who): readonly [Counter | undefined, Counter | undefined, Counter | undefined] {
    const { login, address, device } = who;
    const known = device === undefined || login === undefined ? undefined : this.#counter(kind, 'known', `${device}|${nameOf(kind, login)}`);
    if (known) return [undefined, known, undefined];
    const network = address === undefined || !isCounted(address) ? undefined : this.#counter(kind, 'network', prefixOf(address));
    if (login === undefined) return [network, undefined, undefined];
    const place = placeOf(who);
    return [network, place === undefined ? undefined : this.#counter(kind, 'here', `${place}|${nameOf(kind, login)}`), this.#login(kind, login)];
  }

  #login(kind: Kind, login: string): Counter | undefined {
    return this.#counter(kind, 'login', nameOf(kind, login));
  }

  #counter(kind: Kind, counts: Counted, value: string): Counter | undefined {
    const limit = limits[kind][counts];
    return limit && { limit, key: createHmac('sha256', this.ports.configuration.keys.pepper).update(`${kind}|${counts}|${value}`).digest() };
  }
}

/** The form under which a login is counted: one for all spellings of an address. */
function nameOf(kind: Kind, login: string): string {
  const canonical = parseEmail(login)?.canonical ?? login.normalize('NFKC').trim().toLowerCase();
  return countsMailbox(kind) ? mailboxOf(canonical) : canonical;
}

const placeOf = ({ address, visit }: Who): string | undefined => (visit !== undefined && (address === undefined || !isCounted(address)) ? `visit ${visit}` : address === undefined ? undefined : prefixOf(address));

const numbers = (counter: Counter | undefined) => (counter ? [counter.limit.seconds, counter.limit.count, counter.limit.inARow ?? 0] : null);

const keysOf = (counters: readonly (Counter | undefined)[]): Buffer[] => counters.flatMap((counter) => (counter ? [counter.key] : []));
