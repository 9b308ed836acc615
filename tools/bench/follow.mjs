import { randomBytes, randomUUID } from 'node:crypto';
import { runSubscription } from '../../libs/event-sourcing/dist/index.js';
import { codec } from '../../libs/events/dist/index.js';
import { LogHeads, pool, postgresEventStore, postgresProgress } from '../../libs/postgres/dist/index.js';
import { migrations, postgresVault } from '../../libs/vault/dist/index.js';
import { profiles } from '../../services/profiles/dist/index.js';
import { openDatabase } from './database.mjs';

/** The profiles service's log, codec and vault on a database of their own. */
export async function openProfiles() {
  const database = await openDatabase([{ name: 'vault', migrations }, profiles]);
  const url = database.roleUrl('profiles');
  const [service, vaultDatabase] = [pool({ url, max: 6, name: 'bench' }), pool({ url: database.roleUrl('vault'), name: 'vault' })];
  const heads = new LogHeads({ url });
  const store = postgresEventStore({ url, heads });
  const vault = await postgresVault({ database: vaultDatabase, kek: randomBytes(32), serviceKey: randomBytes(32) });
  const events = codec({ files: [profiles.events], vault });
  const wiring = () => ({ store, codec: events, owner: randomUUID(), progress: postgresProgress({ database: service, schema: 'profiles' }), bus: undefined, publicCodec: () => events, handlerFor: () => undefined });
  const owner = pool({ url: database.url, max: 2, name: 'bench owner' });
  return {
    store, owner, events,
    /** Follows with the loop until the position is handled. */
    follow: (subscription, signal) => runSubscription(subscription, wiring(), signal),
    async close() {
      await Promise.allSettled([store.close(), service.close(), vaultDatabase.close(), owner.close()]);
      await heads.close();
      await database.close();
    },
  };
}

const metadata = (subject) => ({ at: new Date().toISOString(), subject, actor: subject, correlation: randomUUID(), causation: randomUUID() });

/** One sealed attribute of a person. */
export const attributeSet = (events, subject, name, value) => events.encode(randomUUID(), { type: 'AttributeSet', data: { name, value, setBy: 'customer', verified: 'none' } }, metadata(subject));
