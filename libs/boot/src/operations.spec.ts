import type { AddressInfo } from 'node:net';
import { expect, it } from '@jest/globals';
import type { SubscriptionState } from '@symbolon/event-sourcing';
import { openOperations } from './operations.js';

const state = (subscription: string, lag: number) => ({ subscription, lag, parked: 0, parkedKeys: 0, leading: true, ready: true }) as SubscriptionState;

it('counts on from reading to reading, and tells of each subscription as it is now', async () => {
  let states = [state('consent.statuses.v1', 2_000), state('consent.gone.v1', 0)];
  const server = await openOperations(0, '127.0.0.1', { hindrances: async () => [], subscriptions: () => states });
  const read = async () => (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`)).text();
  const seconds = (text: string) => Number(/^process_cpu_seconds_total (\S+)/m.exec(text)?.[1]);
  const first = await read();
  expect(first).toContain('symbolon_subscription_lag_seconds{subscription="consent.statuses.v1"} 2');
  states = [state('consent.statuses.v1', 0)];
  for (const before = process.cpuUsage(); process.cpuUsage(before).user < 100_000; ); // a tenth of a second of work, however long that takes here
  const second = await read();
  expect(second).toContain('symbolon_subscription_lag_seconds{subscription="consent.statuses.v1"} 0');
  expect(second).not.toContain('consent.gone.v1');
  // A registry of its own for each reading would have counted the tenth of a second alone, or nothing.
  expect(seconds(second)).toBeGreaterThanOrEqual(seconds(first) + 0.05);
  server.close();
});

it('tells what services say of themselves, as it is now, and the rest when one of them cannot be read', async () => {
  let values = [{ labels: { reason: 'refused' }, value: 2 }];
  const figures = [
    { name: 'symbolon_mails_given_up', help: 'Mails', labels: ['reason'], read: async () => values },
    { name: 'symbolon_broken', help: 'Broken', labels: [], read: () => Promise.reject(new Error('the database is away')) },
  ];
  const server = await openOperations(0, '127.0.0.1', { hindrances: async () => [], subscriptions: () => [], figures: () => figures });
  const read = async () => (await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`)).text();
  expect(await read()).toContain('symbolon_mails_given_up{reason="refused"} 2');
  values = [{ labels: { reason: 'not_in_time' }, value: 1 }];
  const second = await read();
  expect(second).toContain('symbolon_mails_given_up{reason="not_in_time"} 1');
  expect(second).not.toContain('refused');
  expect(second).toContain('process_cpu_seconds_total');
  server.close();
});

it('abuse 102: says how many keys wait behind something parked, and is ready all the same', async () => {
  const states = [{ ...state('consent.statuses.v1', 0), parked: 80, parkedKeys: 75 }, state('consent.purposes.v1', 0)];
  const server = await openOperations(0, '127.0.0.1', { hindrances: async () => [], subscriptions: () => states });
  const at = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const ready = await fetch(`${at}/readyz`);
  expect([ready.status, await ready.json()]).toEqual([200, { status: 'ready', hindrances: [], parked: { 'consent.statuses.v1': 75 } }]);
  const metrics = await (await fetch(`${at}/metrics`)).text();
  expect(metrics).toContain('symbolon_subscription_parked_keys{subscription="consent.statuses.v1"} 75');
  expect(metrics).toContain('symbolon_subscription_parked{subscription="consent.statuses.v1"} 80');
  expect(metrics).toContain('symbolon_subscription_stopped{subscription="consent.statuses.v1"} 0');
  server.close();
});
