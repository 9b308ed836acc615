import { EventStoreDBClient } from '@eventstore/db-client';
import type { Position as LogPlace } from '@eventstore/db-client';
import { LogReplaced, timeLeft, Unavailable } from '@symbolon/event-sourcing';
import type { Address } from './address.js';
import { all } from './reading.js';
import { ENGINE, mapped, within } from './unavailable.js';

/** What the client has but does not show. */
type Channel = Readonly<{ close(): void; watchConnectivityState(from: number, until: number, changed: () => void): void }>;
const READY = 2;

/** An event that this process knows to be in the log: where it lies, and its id. */
export type Landmark = LogPlace & Readonly<{ id: string }>;

/**
 * One connection to one server for a whole process. Every call ends within `deadline` milliseconds. After the connection was lost, nothing is written before
 * the newest event that was known is found where it was: a server that came back emptied, or with an older backup, is not written on.
 */
export class Connection {
  readonly label: string;
  private client: EventStoreDBClient | undefined;
  private landmark: Landmark | undefined;
  private inDoubt = false;
  private checking: Promise<void> | undefined;
  private isWatched = false;
  private answeredAt = 0;
  private closed = false;

  constructor(
    private readonly address: Address,
    readonly deadline: number,
  ) {
    this.label = address.label;
  }

  /** Credentials make an append a call of its own, with a deadline that holds. */
  get options() {
    return { credentials: this.address.credentials, deadline: this.deadline };
  }

  /** Runs one call. Rejects with `Unavailable` after the deadline, and for whatever says "not now". */
  async call<T>(work: (client: EventStoreDBClient) => Promise<T>): Promise<T> {
    const left = timeLeft(this.deadline); // a caller who has less time than that gives up, and says nothing about the connection
    if (left === 0) throw new Unavailable(ENGINE, { because: 'no time left' });
    const client = this.open();
    const began = performance.now();
    try {
      const answer = await within(left, work(client), () => left === this.deadline && this.drop(client, began));
      this.answeredAt = performance.now();
      this.watch(client);
      return answer;
    } catch (error) {
      const as = mapped(error);
      if (as instanceof Unavailable) this.inDoubt = true;
      throw as;
    }
  }

  /** A client for what lasts, such as a subscription. */
  open(): EventStoreDBClient {
    if (this.closed) throw new Unavailable(ENGINE, { cause: new Error('closed') });
    return (this.client ??= clientOf(this.address, this.deadline));
  }

  /** Remembers the newest event that was seen. */
  learn({ commit, prepare, id }: Landmark): void {
    const known = this.landmark;
    if (known === undefined || commit > known.commit || (commit === known.commit && prepare > known.prepare)) this.landmark = { commit, prepare, id };
  }

  /** Resolves when the log is known to be the one that this process knows; rejects with `Unavailable`, caused by `LogReplaced`, when it is another. */
  async sound(): Promise<void> {
    if (this.inDoubt) await (this.checking ??= this.check().finally(() => (this.checking = undefined)));
  }

  /** What to throw when the log turns out to be another one; from now on nothing is written before it is the known one again. */
  replaced(): Unavailable {
    this.inDoubt = true;
    return new Unavailable(ENGINE, { cause: new LogReplaced(`at ${this.label}`) });
  }

  async close(): Promise<void> {
    this.closed = true;
    const { client } = this;
    this.client = undefined;
    if (client) await ended(client);
  }

  private async check(): Promise<void> {
    const { landmark } = this;
    this.inDoubt = false; // a loss while it is checked brings the doubt back
    if (landmark === undefined) return;
    const [there] = await this.call((client) => all(client, { fromPosition: landmark, maxCount: 1, ...this.options }));
    if (there?.event?.id !== landmark.id) throw this.replaced();
  }

  /** From now on the loss of the connection is noticed, also when nothing is under way. */
  private watch(client: EventStoreDBClient): void {
    if (this.isWatched) return;
    this.isWatched = true;
    const lost = (): void => {
      this.isWatched = false;
      this.inDoubt = true;
    };
    channelOf(client).then((channel) => channel.watchConnectivityState(READY, Infinity, lost)).catch(lost); // it was closed meanwhile
  }

  /** A client that had no answer at all since `began` is not used again: the network may have swallowed its connection for good. */
  private drop(client: EventStoreDBClient, began: number): void {
    if (this.client !== client || this.answeredAt > began) return;
    this.client = undefined;
    this.isWatched = false;
    void ended(client);
  }
}

function clientOf({ hosts, discover, tls, certificate, credentials }: Address, deadline: number): EventStoreDBClient {
  const [first] = hosts;
  const security = tls ? { insecure: false, ...(certificate && { rootCertificate: certificate }) } : { insecure: true };
  const given = { defaultDeadline: deadline, connectionName: 'symbolon' };
  if (discover) return new EventStoreDBClient({ ...given, discover: first! }, security, credentials);
  if (hosts.length > 1) return new EventStoreDBClient({ ...given, endpoints: [...hosts] }, security, credentials);
  return new EventStoreDBClient({ ...given, endpoint: first! }, security, credentials);
}

const channelOf = (client: EventStoreDBClient): Promise<Channel> => (client as unknown as { getChannel(): Promise<Channel> }).getChannel();

/** `dispose` ends the streams and leaves the connection open. */
async function ended(client: EventStoreDBClient): Promise<void> {
  const channel = await channelOf(client).catch(() => undefined);
  await within(1_000, client.dispose(), () => undefined).catch(() => undefined);
  channel?.close();
}
