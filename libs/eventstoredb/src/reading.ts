import type { AllStreamResolvedEvent, EventStoreDBClient, ReadAllOptions, ReadStreamOptions, ResolvedEvent, StreamingRead } from '@eventstore/db-client';

/** Everything that a read gives. Its error is heard from the first moment on, or it would end the process. */
const collected = <T>(read: StreamingRead<T>): Promise<T[]> =>
  new Promise((done, fail) => {
    const items: T[] = [];
    read.on('error', fail).on('data', (item: T) => void items.push(item)).on('end', () => done(items));
  });

/** Events of a stream; empty where it does not exist. */
export const stream = async (client: EventStoreDBClient, name: string, options: ReadStreamOptions): Promise<ResolvedEvent[]> => {
  try {
    return await collected(client.readStream(name, options) as unknown as StreamingRead<ResolvedEvent>);
  } catch (error) {
    if ((error as { type?: unknown }).type === 'stream-not-found') return [];
    throw error;
  }
};

/** Events of the whole log, system events among them. */
export const all = (client: EventStoreDBClient, options: ReadAllOptions): Promise<AllStreamResolvedEvent[]> => collected(client.readAll(options) as unknown as StreamingRead<AllStreamResolvedEvent>);
