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
  const rows = table('rows', ['id']);
  const progress = memoryProgress(400, [rows.name]);
  return { progress, another: progress, table: rows, lease: 400, rows: async () => progress.rows(rows.name), close };
});
