import { eventStoreDB } from '@symbolon/eventstoredb';
import { parseAddress } from '@symbolon/eventstoredb/address';
import type { StoreUnderTest } from '../src/index.js';
import { tcpLink } from '../src/index.js';

const DEADLINE = 1_000;

/** Three clients of the server at `url`, one of them by way of a link. Its log need not be empty: every test writes streams of its own. */
export const eventStoreDBUnderTest = async (url: string): Promise<StoreUnderTest> => {
  const [{ address, port }] = parseAddress(url).hosts as [{ address: string; port: number }];
  const link = await tcpLink({ host: address, port });
  const [store, another, remote] = [eventStoreDB({ url }), eventStoreDB({ url }), eventStoreDB({ url: url.replace(`${address}:${port}`, `127.0.0.1:${link.port}`), deadline: DEADLINE })];
  return {
    store,
    another,
    remote,
    link,
    close: async () => {
      for (const each of [store, another, remote, link]) await each.close();
    },
  };
};
