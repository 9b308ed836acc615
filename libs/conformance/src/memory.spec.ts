import { memoryBus, memoryEventStore, memoryProgress, table } from '@symbolon/event-sourcing';
import { busSuite, eventStoreSuite, inProcessLink, progressSuite } from './index.js';

const close = async (): Promise<void> => undefined;

eventStoreSuite('memory', async () => {
  const [store, link] = [memoryEventStore(), inProcessLink()];
  return { store, another: store, remote: link.store(store), link, close };
});

busSuite('memory', async () => {
  const [bus, link] = [memoryBus(), inProcessLink()];
  return { bus, another: bus, remote: link.bus(bus), link, close };
});

progressSuite('memory', async () => {
  const [rows, lease] = [table('rows', ['id']), 2_000]; // longer than a busy machine stands still
  const progress = memoryProgress(lease, [rows.name]);
  return { progress, another: progress, table: rows, lease, rows: async () => progress.rows(rows.name), close };
});
