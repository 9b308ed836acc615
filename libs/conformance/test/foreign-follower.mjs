// Leads a subscription and commits until it is fenced, pausing inside every step's transaction so that it can be stopped there.
import { randomUUID } from 'node:crypto';
import { pool, postgresProgress } from '@symbolon/postgres';
import { position, put } from '@symbolon/event-sourcing';

const { url, schema, subscription, table } = JSON.parse(process.env.FOLLOWER);
const inner = pool({ url, max: 2, deadline: 20_000 });
const pausing = (tx) => ({
  query: async (text, values) => {
    const answer = await tx.query(text, values);
    if (/followers/.test(text)) await new Promise((resolve) => setTimeout(resolve, 30));
    return answer;
  },
});
const database = { ...inner, transaction: (work) => inner.transaction((tx) => work(pausing(tx))) };
const lead = await postgresProgress({ database, schema }).lead(subscription, randomUUID());
process.stdout.write('leads\n');
for (let step = 1; ; step++) {
  const held = await lead.commit({ position: position(0, BigInt(step)), table, rows: [put({ id: subscription, a: step })] }).catch((error) => {
    if (error.name !== 'Unavailable') throw error; // its transaction was ended for it
    return lead.renew();
  });
  if (!held) break;
}
process.stdout.write('fenced\n');
await inner.close();
process.exit(0);
