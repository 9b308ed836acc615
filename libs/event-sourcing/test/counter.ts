import { refuse, type Codec, type Command, type Decider, type Delivered, type DomainEvent, type Envelope, type Metadata, type Recorded } from '../src/index.js';

export type Counted = Readonly<{ type: 'Counted'; data: { by: number } }> | Readonly<{ type: 'Closed'; data: object }>;
export type Count = Command & Readonly<{ type: 'Count'; by: number }>;

/** Counts up to ten; zero is nothing to do. */
export const counter: Decider<number, Count, Counted, 'counter/too_much'> = {
  initial: 0,
  evolve: (state, event) => (event.type === 'Counted' ? state + event.data.by : state),
  decide: ({ by }, state) => (by === 0 ? [] : state + by > 10 ? refuse('counter/too_much') : Array.from({ length: by }, () => counted(1))),
};

export const counted = (by: number): Counted => ({ type: 'Counted', data: { by } });
export const command = (by: number, id = crypto.randomUUID()): Count => ({ type: 'Count', id, at: '2026-01-01T00:00:00.000Z', by });
export const cause = { actor: 'system:test', correlation: 'c' };

/** JSON, nothing sealed. `subject` of a forgotten person refuses to be encoded. */
export const jsonCodec = (forgotten = ''): Codec<Counted> => {
  const open = (recorded: Recorded | Delivered): Envelope<Counted> | undefined => {
    const { id, type, position } = recorded;
    if (!type.startsWith('test.v1.')) return undefined;
    const [metadata, data] = [recorded.metadata, recorded.data].map((bytes) => JSON.parse(Buffer.from(bytes).toString()) as object);
    const place = 'topic' in recorded ? { stream: `from-${recorded.key}` as const, revision: 0n, sequence: recorded.sequence } : { stream: recorded.stream, revision: recorded.revision, sequence: position };
    return { id, fullType: type, position, ...place, metadata: metadata as Metadata, event: { type: type.slice(8), data } as Counted };
  };
  return {
    encode: async (id, event: DomainEvent, metadata) => {
      if (metadata.subject !== undefined && metadata.subject === forgotten) throw Object.assign(new Error('gone'), { name: 'SubjectForgotten' });
      return { id, type: `test.v1.${event.type}`, metadata: Buffer.from(JSON.stringify(metadata)), data: Buffer.from(JSON.stringify(event.data)) };
    },
    open: async (recorded) => open(recorded),
    sealed: open,
  };
};
