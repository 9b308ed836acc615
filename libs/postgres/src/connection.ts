import pg from 'pg';
import type { Result } from './database.js';
import { connectionOf, cut } from './pool.js';
import type { PoolOptions } from './pool.js';
import { mapped, within } from './unavailable.js';

/** What a new connection does first, and what it does when another connection notifies it. */
export type ConnectionOptions = PoolOptions & Readonly<{ onOpen?: string; onNotification?: (payload: string) => void; onLost?: () => void }>;

/** One connection of its own, for one statement after another; opened when needed, opened again after it broke. */
export class Connection {
  private client: Promise<pg.Client> | undefined;
  private queue: Promise<unknown> = Promise.resolve();
  private closed = false;

  constructor(private readonly options: ConnectionOptions) {}

  /** Statements run in the order of their calls. */
  query<R extends object>(text: string | { name: string; text: string }, values: readonly unknown[] = []): Promise<Result<R>> {
    const answer = this.queue.then(() => this.run<R>(text, values));
    this.queue = answer.catch(() => undefined);
    return answer;
  }

  /** Ends after the statements that wait. */
  async close(): Promise<void> {
    this.closed = true;
    await this.queue;
    const client = await this.client?.catch(() => undefined);
    await client?.end().catch(() => undefined);
  }

  private async run<R extends object>(text: string | { name: string; text: string }, values: readonly unknown[]): Promise<Result<R>> {
    const { deadline = 5_000 } = this.options;
    try {
      this.client ??= this.open();
      const client = await within(deadline, this.client, () => undefined);
      const query = typeof text === 'string' ? { text, values: values as unknown[] } : { ...text, values: values as unknown[] };
      const { rows, rowCount } = await within(deadline, client.query<R>(query), () => cut(client));
      return { rows, rowCount: rowCount ?? 0 };
    } catch (error) {
      const as = mapped(error);
      if ((as as Error).name === 'Unavailable') this.forget();
      throw as;
    }
  }

  private forget(): void {
    const lost = this.client;
    this.client = undefined;
    void lost?.then((client) => (cut(client), client.end())).catch(() => undefined);
  }

  private async open(): Promise<pg.Client> {
    if (this.closed) throw new Error('Connection terminated');
    const client = new pg.Client(connectionOf(this.options));
    const { onOpen, onNotification, onLost } = this.options;
    client.on('error', () => {
      this.forget();
      onLost?.();
    });
    if (onNotification) client.on('notification', ({ processId, payload = '' }) => processId !== (client as unknown as { processID: number }).processID && onNotification(payload));
    await client.connect();
    if (onOpen) await client.query(onOpen);
    return client;
  }
}
