import { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { migrate } from '@symbolon/postgres';
import type { Ports } from '@symbolon/web';
import { testDatabase } from '../../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../../tools/engines/postgres.js';
import { Recoveries } from './recoveries.js';

let engine: TestDatabase;
let recoveries: Recoveries;

beforeAll(async () => {
  engine = await testDatabase();
  await migrate({ url: engine.url, secret: engine.secret, services: [{ name: 'authentication', migrations: new URL('../../migrations/', import.meta.url), categories: ['account', 'signin', 'client'] }] });
  const database = engine.database('authentication');
  await database.query("insert into authentication.accounts_v1 (account, disabled) values ('ann', false), ('bob', true)");
  const vault = { sealForService: (value: Uint8Array) => value, openForService: (sealed: Uint8Array) => sealed };
  recoveries = new Recoveries({ database, vault, configuration: { origin: 'http://localhost:3000' } } as unknown as Ports);
}, 60_000);
afterAll(() => engine?.close());

const request = (cookie?: string) => Object.assign(new IncomingMessage(new Socket()), { headers: cookie ? { cookie } : {} });

const begun = async (over: object = {}) => {
  const response = new ServerResponse(request());
  const { recovery, link } = await recoveries.begin(response, { address: 'ann@example.com', interaction: 'u1', accountId: 'ann', ...over });
  return { id: recovery.id, link, cookie: String(response.getHeader('set-cookie')).split(';')[0]! };
};

it('belongs to the browser that asked, and to the mailed link', async () => {
  const { id, link, cookie } = await begun();
  expect((await recoveries.ofBrowser(request(cookie)))?.id).toBe(id);
  expect(await recoveries.ofBrowser(request())).toBeUndefined();
  expect((await recoveries.ofLink(link))?.id).toBe(id);
  expect(await recoveries.ofLink(`${link}x`)).toBeUndefined();
});

it('abuse 56: twenty uses of one recovery at once take it once', async () => {
  const { id } = await begun();
  const taken = await Promise.all(Array.from({ length: 20 }, () => recoveries.take(id)));
  expect(taken.filter(Boolean)).toHaveLength(1);
});

it('abuse 56: it is dead once the account has a new password by another one', async () => {
  const { id } = await begun();
  await recoveries.endAll('ann');
  expect(await recoveries.take(id)).toBe(false);
});

it('opens nothing of an account that is blocked', async () => {
  const { id } = await begun({ accountId: 'bob' });
  expect(await recoveries.take(id)).toBe(false);
});

it('abuse 56: outranks a session that was there when it began, and not one that began since', async () => {
  const minute = 60_000;
  const kept = await begun();
  await recoveries.outrun('ann', new Date(Date.now() - minute));
  expect(await recoveries.take(kept.id)).toBe(true);
  const over = await begun();
  await recoveries.outrun('ann', new Date(Date.now() + minute));
  expect(await recoveries.take(over.id)).toBe(false);
});

it('that failed because something was away is taken again at once; one whose holder died, ten seconds later', async () => {
  const { id } = await begun();
  expect([await recoveries.take(id), await recoveries.take(id)]).toEqual([true, false]);
  await recoveries.release(id);
  expect(await recoveries.take(id)).toBe(true);
  await engine.database('authentication').query("update authentication.recoveries set taken_until = taken_until - interval '11 s' where id = $1", [id]);
  expect(await recoveries.take(id)).toBe(true);
});

it('abuse 52: an address that nobody has gets a row of its own, and it can never be taken', async () => {
  const { id, cookie } = await begun({ accountId: undefined });
  await recoveries.prove(id);
  expect((await recoveries.ofBrowser(request(cookie)))?.proven).toBe(false);
  expect(await recoveries.take(id)).toBe(false);
});
