import { createHmac } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Ports } from '@symbolon/web';
import { parseEmail } from '../register/email-address.js';
import { PORTS } from '../tokens.js';
import { isCounted, limits, prefixOf } from './limits.policy.js';
import type { Counted, Kind, Limit } from './limits.policy.js';

/** Whom an attempt is counted for. `device`: a browser that is known to this login, and only then. */
export type Who = Readonly<{ login?: string; address?: string; device?: string }>;

/** `retryAfter` in seconds. */
export type Turn = Readonly<{ allowed: true }> | Readonly<{ allowed: false; retryAfter: number }>;

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

/** The address first: what it is refused does not count against the login, or one network could lock many people out. */
const TAKE = `
  with address as (${count('$1::bytea', '$2::int[]')} where $1::bytea is not null ${AGAIN}),
  login as (${count('$3::bytea', '$4::int[]')} where $3::bytea is not null and not exists (select 1 from address where many) ${AGAIN})
  select * from address union all select * from login`;

const RESET = `
  with strangers as (update authentication.attempts set in_a_row = 0 where key = $2::bytea)
  delete from authentication.attempts where key = $1`;

type Row = { many: boolean; stopped: boolean; wait: number };
type Counter = Readonly<{ key: Buffer; limit: Limit }>;

/** How long a hard stop tells to wait. It does not end by itself: a success of a known device, or a new password, ends it. */
const STOPPED = 24 * 60 * 60;

/** Attempts, counted in rows before the work that they ask for. Keys are HMACs: the table names nobody. */
@Injectable()
export class Throttle {
  constructor(@Inject(PORTS) private readonly ports: Pick<Ports, 'database' | 'configuration'>) {}

  /** Counts this attempt and says whether it may go on. One statement: of many attempts at once, no more than the limit get through. */
  async take(kind: Kind, who: Who): Promise<Turn> {
    const [address, login] = [this.#address(kind, who), this.#login(kind, who)];
    if (!address && !login) return { allowed: true };
    const { rows } = await this.ports.database.query<Row>(TAKE, [address?.key ?? null, numbers(address), login?.key ?? null, numbers(login)]);
    const waits = rows.map(({ many, stopped, wait }) => (stopped ? STOPPED : many ? Math.max(1, wait) : 0));
    const retryAfter = Math.max(0, ...waits);
    return retryAfter === 0 ? { allowed: true } : { allowed: false, retryAfter };
  }

  /**
   * After a success: what was counted for this login, or its known device, begins anew. Who succeeds on a known device is the owner, so that a hard
   * stop of strangers ends too; their window goes on. The address keeps its count.
   */
  async reset(kind: Kind, { login, device }: Who): Promise<void> {
    const own = this.#login(kind, { login, device });
    const strangers = device === undefined ? undefined : this.#login(kind, { login });
    if (own) await this.ports.database.query(RESET, [own.key, strangers?.key ?? null]);
  }

  #address(kind: Kind, { address }: Who): Counter | undefined {
    return address === undefined || !isCounted(address) ? undefined : this.#counter(kind, 'address', prefixOf(address));
  }

  #login(kind: Kind, { login, device }: { login?: string | undefined; device?: string | undefined }): Counter | undefined {
    if (login === undefined) return undefined;
    const canonical = parseEmail(login)?.canonical ?? login.normalize('NFKC').trim().toLowerCase();
    return (device === undefined ? undefined : this.#counter(kind, 'known', `${device}|${canonical}`)) ?? this.#counter(kind, 'login', canonical);
  }

  #counter(kind: Kind, counts: Counted, value: string): Counter | undefined {
    const limit = limits[kind][counts];
    return limit && { limit, key: createHmac('sha256', this.ports.configuration.keys.pepper).update(`${kind}|${counts}|${value}`).digest() };
  }
}

const numbers = (counter: Counter | undefined) => (counter ? [counter.limit.seconds, counter.limit.count, counter.limit.inARow ?? 0] : null);
