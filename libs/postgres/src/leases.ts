import { Connection } from './connection.js';
import type { Tx } from './database.js';
import type { PoolOptions } from './pool.js';

/** What is led: one subscription of one schema, by a process, under an epoch that nobody had before. */
export type Leased = Readonly<{ owner: string; schema: string; subscription: string; epoch: string }>;

type Held = Leased & { askedAt: number };
type Answer = Readonly<{ began: number; held: ReadonlySet<string> }>;
type Row = Readonly<{ owner: string; service: string; subscription: string; epoch: string }>;

const RENEW = 'select owner, service, subscription, epoch from es.renew($1, $2)';
/** Who asks within this time of an answer is given the same one: the loops of a process renew together. Milliseconds. */
const SHARED = 900;
/** A loop that neither renewed nor committed for so long stands still: its lease ends, though its process lives. Milliseconds. */
const STANDS_STILL = 4_000;

/**
 * The leases of a process, renewed by one statement for all of them: a row says that the process lives, and what it leads is read beside it. An answer
 * is never older than a second, a lease lasts four.
 */
export class Leases {
  private readonly held = new Map<string, Held>();
  private answer: Answer = { began: Number.NEGATIVE_INFINITY, held: new Set() };
  private asking: Promise<Answer> | undefined;
  private strays = new Set<string>();
  private readonly schemas = new Set<string>();

  constructor(private readonly database: Pick<Tx, 'query'>) {}

  /** From now on this lease is renewed with the others. */
  add(lease: Leased): void {
    this.held.set(keyOf(lease), { ...lease, askedAt: performance.now() });
    this.schemas.add(lease.schema);
  }

  /** It is renewed no longer. */
  drop(lease: Leased): void {
    this.held.delete(keyOf(lease));
  }

  /** False: somebody else leads. Throws `Unavailable`. */
  async renew(lease: Leased): Promise<boolean> {
    const [key, asked] = [keyOf(lease), performance.now()];
    this.add(lease);
    if (asked - this.answer.began < SHARED && this.answer.held.has(key)) return true;
    const answer = await (this.asking ?? this.ask());
    if (answer.held.has(key) || answer.began >= asked) return answer.held.has(key);
    return (await (this.asking ?? this.ask())).held.has(key); // the other one was on its way before this lease was known
  }

  private ask(): Promise<Answer> {
    return (this.asking = this.askEngine().finally(() => (this.asking = undefined)));
  }

  private async askEngine(): Promise<Answer> {
    const began = performance.now();
    await this.endThoseThatStandStill(began);
    const owners = new Set([...this.held.values()].map(({ owner }) => owner));
    const { rows } = await this.database.query<Row>(RENEW, [[...owners], [...this.schemas]]);
    await this.endStrays(rows);
    return (this.answer = { began, held: new Set(rows.map(({ service, subscription, epoch }) => keyOf({ schema: service, subscription, epoch }))) });
  }

  private async endThoseThatStandStill(now: number): Promise<void> {
    for (const [key, { askedAt, schema, subscription, epoch, owner }] of this.held) {
      if (now - askedAt < STANDS_STILL) continue;
      this.held.delete(key);
      await this.release({ owner, schema, subscription, epoch });
    }
  }

  /** What nobody here holds any more, and yet lives by this process, as when it could not be given back: ended when it is seen a second time. */
  private async endStrays(rows: readonly Row[]): Promise<void> {
    const strays = rows.map(({ owner, service, subscription, epoch }) => ({ owner, schema: service, subscription, epoch })).filter((lease) => !this.held.has(keyOf(lease)));
    const before = this.strays;
    this.strays = new Set(strays.map(keyOf));
    for (const lease of strays) if (before.has(keyOf(lease))) await this.release(lease);
  }

  private async release({ owner, schema, subscription, epoch }: Leased): Promise<void> {
    await this.database.query('select es.release($1, $2, $3, $4)', [owner, schema, subscription, epoch]);
  }
}

const keyOf = ({ schema, subscription, epoch }: Omit<Leased, 'owner'>): string => `${schema} ${subscription} ${epoch}`;

/** The leases of a process on a connection of their own: no work that waits for a connection can cost a lead. A lost renewal is repeated, so none waits for the disk. */
export function processLeases(options: PoolOptions): Leases & { close(): Promise<void> } {
  const connection = new Connection({ name: 'symbolon leases', deadline: 2_500, ...options, onOpen: 'set synchronous_commit = off' });
  return Object.assign(new Leases(connection), { close: () => connection.close() });
}
