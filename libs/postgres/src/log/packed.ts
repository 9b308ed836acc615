import type { NewEvent } from '@symbolon/event-sourcing';

/** All metadata and data of a batch as one value, and their lengths: one parameter is much cheaper than thousands. */
export function packed(items: readonly Pick<NewEvent, 'metadata' | 'data'>[]): { metas: number[]; datas: number[]; bodies: Buffer } {
  return {
    metas: items.map(({ metadata }) => metadata.byteLength),
    datas: items.map(({ data }) => data.byteLength),
    bodies: Buffer.concat(items.flatMap(({ metadata, data }) => [metadata, data])),
  };
}
