// The adapters that are mutated: the specs that a change of one of their files can turn red, how many may run at once, what they run on, and the few quick ones
// that every change is tried with.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { embeddedServer } from '../../libs/postgres/dist/index.js';

const suite = (name) => `libs/conformance/src/${name}.int.spec.ts`;
const [store, bus, progress] = ['store', 'bus', 'progress'].map((name) => suite(`postgres-${name}`));

const postgres = {
  few: ['bus-mixes-topics', 'store-part-is-repeat', 'rows-removal-forgotten'],
  specsOf: (file) => {
    if (/progress|rows|leases/.test(file)) return [progress];
    if (/bus/.test(file)) return [bus];
    if (/event-store|migrations\/es/.test(file)) return [store];
    return [store, bus];
  },
  atOnce: Number(process.env.SYMBOLON_MUTANTS_AT_ONCE ?? 6), // they mostly wait: for leases, deadlines and what never comes
  open: async () => {
    if (process.env.SYMBOLON_TEST_POSTGRES) return async () => undefined;
    const data = mkdtempSync(join(tmpdir(), 'symbolon-mutants-'));
    const server = await embeddedServer({ dataDir: data, settings: { fsync: 'off', max_connections: '400' } });
    process.env.SYMBOLON_TEST_POSTGRES = server.url;
    return async () => {
      await server.stop();
      rmSync(data, { recursive: true, force: true, maxRetries: 3 });
    };
  },
};

const eventstoredb = {
  few: ['esdb-no-filter'],
  specsOf: () => [suite('eventstoredb-store'), 'libs/eventstoredb/src/event-store.spec.ts'],
  atOnce: 1, // they share one log, and a test asks where it ends
  missing: process.env.SYMBOLON_TEST_EVENTSTOREDB ? undefined : 'SYMBOLON_TEST_EVENTSTOREDB names no server (docs/eventstoredb.md says how to start one)',
  open: async () => async () => undefined,
};

/** By the name of their library. `missing`: why an adapter cannot be tried here. */
export const adapters = { postgres, eventstoredb };
