import { missing, openServer } from '../eventstoredb.mjs';
import { startProduct } from '../product.mjs';
import { signIns } from '../sign-ins.mjs';

/** Whole sign-ins a second of a product on EventStoreDB against one on PostgreSQL alone. */
export const figure = {
  what: 'whole sign-in, events in EventStoreDB on disk',
  against: 'events in PostgreSQL',
  goal: '≥ 0.7',
  unit: '/s',
  digits: 1,
  rounds: 7,
  warmUp: 1,
  missing,
  async prepare() {
    const server = await openServer();
    const [product, peer] = [await startProduct({ environment: { SYMBOLON_EVENT_STORE_URL: server.url } }), await startProduct({ environment: { SYMBOLON_EVENT_STORE_URL: 'postgres:' } })];
    return {
      sides: { product: await signIns(product), peer: await signIns(peer) },
      async close() {
        await Promise.all([product.stop(), peer.stop()]);
        await server.close();
      },
    };
  },
};
