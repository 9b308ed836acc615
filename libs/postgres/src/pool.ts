import pg from 'pg';
import type { ClientConfig, PoolClient, QueryConfig } from 'pg';
import { parse } from 'pg-connection-string';
import type { Database, Result, Tx } from './database.js';
import { timeLeft, Unavailable, withoutDeadline } from '@symbolon/event-sourcing';
import { mapped, within } from './unavailable.js';

/** `transactionTimeout` (default 3 s) frees the locks of a process that stands still inside a transaction; '0' for long work of the owner. */
export type PoolOptions = Readonly<{ url: string; max?: number; deadline?: number; transactionTimeout?: string; name?: string }>;

/** A `Database` that somebody must close. */
export interface Pool extends Database {
  close(): Promise<void>;
}

/** How every connection of ours is made; statements have `deadline` milliseconds. */
export function connectionOf({ url, deadline = 5_000, transactionTimeout = '3s', name = 'symbolon' }: PoolOptions): ClientConfig {
  return {
    ...(parse(url) as ClientConfig),
    application_name: name,
    connectionTimeoutMillis: deadline,
    keepAlive: true,
    // Plans are kept: a table of two pages, for which a scan is cheapest at the price of a spinning disk, may be large in a minute.
    options: `-c transaction_timeout=${transactionTimeout} -c default_transaction_isolation=read\\ committed -c random_page_cost=1.1`,
  };
}

/** Connections under one role, opened when needed and closed when idle. */
export function pool(options: PoolOptions): Pool {
  const { max = 6, deadline = 5_000 } = options;
  const inner = new pg.Pool({ ...connectionOf(options), max, idleTimeoutMillis: 10_000, allowExitOnIdle: true });
  // A connection may break idle, or in the moment between the pool's hand and ours: whoever uses it next learns that, and an error that nobody hears would end the process.
  inner.on('error', () => undefined);
  inner.on('connect', (client) => client.on('error', () => undefined));
  return {
    query: (text, values) => withClient(inner, deadline, (client) => run(client, deadline, text, values)),
    transaction: (work) => withClient(inner, deadline, (client) => transaction(client, deadline, work)),
    close: () => inner.end(),
  };
}

/** A connection as soon as there is one; who came too late for theirs gives it back. */
async function connected(inner: pg.Pool, deadline: number): Promise<PoolClient> {
  const connecting = inner.connect();
  let late = false;
  void connecting.then((client) => late && client.release()).catch(() => undefined);
  return within(timeLeft(deadline), connecting, () => (late = true));
}

/** A client that failed in a way that leaves its state unknown is not used again. */
async function withClient<T>(inner: pg.Pool, deadline: number, work: (client: PoolClient) => Promise<T>): Promise<T> {
  let client: PoolClient | undefined;
  let broken = false;
  const onError = () => (broken = true);
  try {
    client = await connected(inner, deadline);
    client.on('error', onError);
    return await work(client);
  } catch (error) {
    const as = mapped(error);
    broken ||= as !== error || (as as Error).name === 'Unavailable';
    throw as;
  } finally {
    client?.off('error', onError);
    client?.release(broken);
  }
}


/** A process has a few hundred texts; whoever makes them without end gets no more of them prepared. */
const MOST_PREPARED = 1_000;
const names = new Map<string, string>();

/** A statement with values is prepared once on each connection, under one name for its text: parsing and planning cost more than running most of ours. */
function prepared(text: string, values: readonly unknown[]): Pick<QueryConfig, 'name' | 'text'> {
  if (values.length === 0) return { text };
  const name = names.get(text) ?? (names.size < MOST_PREPARED ? `q${names.size}` : undefined);
  if (name === undefined) return { text };
  names.set(text, name);
  return { name, text };
}

async function run<R extends object>(client: PoolClient, deadline: number, text: string, values: readonly unknown[] = []): Promise<Result<R>> {
  const left = timeLeft(deadline);
  if (left === 0) throw new Unavailable('postgres', { because: 'no time left' }); // what nobody waits for is not sent
  const { rows, rowCount } = await within(left, client.query<R>({ ...prepared(text, values), values: values as unknown[] }), () => cut(client));
  return { rows, rowCount: rowCount ?? 0 };
}

async function transaction<T>(client: PoolClient, deadline: number, work: (tx: Tx) => Promise<T>): Promise<T> {
  await run(client, deadline, 'begin');
  try {
    const answer = await work({ query: (text, values) => run(client, deadline, text, values) });
    await run(client, deadline, 'commit');
    return answer;
  } catch (error) {
    await withoutDeadline(() => run(client, deadline, 'rollback')).catch(() => undefined);
    throw error;
  }
}

/** Closes the socket under a client that hangs; its pending statement then fails. */
export function cut(client: pg.ClientBase): void {
  (client as unknown as { connection?: { stream?: { destroy(): void } } }).connection?.stream?.destroy();
}
