import type { Delivered } from './bus.js';
import type { Codec } from './codec.js';
import type { Envelope, Position, Recorded } from './event.js';
import { faultOf, OfTheEvent } from './fault.js';
import type { Subscription } from './subscription.js';

/** An event on its way through the loop. Without `envelope` and `error` there is nothing to do but to pass it. */
export type Entry = Readonly<{
  source: Recorded | Delivered;
  /** Order holds within it: the bus's key, the key that it is published under, or its stream. */
  key: string;
  position: Position;
  sequence: Position;
  envelope?: Envelope;
  /** It could not even be read. */
  error?: unknown;
}>;

/** Reads an event as its subscription wants it: a projection keeps personal fields sealed. */
export const entryOf = async (subscription: Subscription, codec: Codec, source: Recorded | Delivered): Promise<Entry> => {
  const entry = { source, position: source.position, sequence: 'topic' in source ? source.sequence : source.position };
  const ownKey = 'topic' in source ? source.key : source.stream;
  try {
    const sealed = codec.sealed(source);
    const key = subscription.kind === 'publication' ? (sealed?.metadata.subject ?? ownKey) : ownKey;
    if (!sealed || !subscription.on[sealed.event.type]) return { ...entry, key };
    try {
      return { ...entry, key, envelope: subscription.kind === 'projection' ? sealed : ((await codec.open(source)) ?? sealed) };
    } catch (error) {
      return { ...entry, key, error: passOn(error) };
    }
  } catch (error) {
    return { ...entry, key: ownKey, error: passOn(error) };
  }
};

/** What is wrong with the reading of an event is the event's fault, unless an engine says that it is its own. */
const passOn = (cause: unknown): unknown => {
  const fault = faultOf(cause);
  if (fault === 'away') throw cause;
  return fault === 'engine' ? cause : new OfTheEvent('an event could not be read', { cause });
};

/** Keeps a parked event whole, as sealed as it was stored. */
export const pack = ({ metadata, data, ...rest }: Recorded | Delivered): string =>
  JSON.stringify({ ...rest, metadata: base64(metadata), data: base64(data) }, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));

export const unpack = (text: string): Recorded | Delivered => {
  const { metadata, data, revision, ...rest } = JSON.parse(text) as Record<string, string>;
  const whole = { ...rest, ...(revision !== undefined && { revision: BigInt(revision.slice(0, -1)) }), metadata: bytes(metadata!), data: bytes(data!) };
  return whole as unknown as Recorded | Delivered;
};

const base64 = (value: Uint8Array): string => Buffer.from(value).toString('base64');
const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'base64'));
