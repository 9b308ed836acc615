import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Bus, Delivered, Message } from '@symbolon/event-sourcing';
import { testDatabase } from '../../../tools/engines/postgres.js';
import type { TestDatabase } from '../../../tools/engines/postgres.js';
import { partitionOf, postgresBus } from './bus.js';
import type { Closable } from './event-store.js';
import { migrate } from './migrate.js';

const topic = 'symbolon.publisher.public.v1';
const message = (over: Partial<Message> = {}): Message => ({ topic, key: 'k', id: randomUUID(), type: 'symbolon.publisher.public.v1.Told', sequence: `0000${'0'.repeat(15)}1`, metadata: Buffer.from('{}'), data: Buffer.from([0, 200]), ...over });

describe('the bus on Postgres', () => {
  let database: TestDatabase;
  let bus: Bus & Closable;
  let other: Bus & Closable;
  beforeAll(async () => {
    database = await testDatabase();
    const migrations = pathToFileURL(`${mkdtempSync(join(tmpdir(), 'symbolon-none-'))}/`);
    await migrate({ url: database.url, secret: database.secret, services: ['publisher', 'listener'].map((name) => ({ name, migrations, categories: [name] })) });
    bus = postgresBus({ url: database.roleUrl('publisher') });
    other = postgresBus({ url: database.roleUrl('listener') });
  }, 60_000);
  afterAll(async () => {
    await Promise.all([bus?.close(), other?.close()]);
    await database?.close();
  });

  async function delivered(of: Bus, name: string, count: number, after?: string): Promise<Delivered[]> {
    const seen: Delivered[] = [];
    const stop = new AbortController();
    for await (const item of of.follow(name, 'group', after, stop.signal)) if ('id' in item && seen.push(item) === count) break;
    return seen;
  }

  it('gives every group the whole topic in the order of each key, also to one that comes late', async () => {
    const sent = Array.from({ length: 60 }, (_, index) => message({ key: `key ${index % 5}` }));
    const early = delivered(other, topic, 60);
    for (const each of sent) await bus.publish([each]);
    for (const seen of [await early, await delivered(other, topic, 60)]) {
      for (let key = 0; key < 5; key++) expect(seen.filter((item) => item.key === `key ${key}`).map(({ id }) => id)).toEqual(sent.filter((item) => item.key === `key ${key}`).map(({ id }) => id));
      expect(seen.every(({ key, partition }) => partition === partitionOf(key))).toBe(true);
      expect(Buffer.from(seen[0]!.data)).toEqual(Buffer.from([0, 200]));
    }
  });

  it('stores a message once for its id, within one call and across calls', async () => {
    const name = 'symbolon.publisher.once.v1';
    const one = message({ topic: name });
    await bus.publish([one, one]);
    await Promise.all([bus.publish([one]), bus.publish([one, message({ topic: name, id: one.id.replace(/^./, one.id.startsWith('0') ? '1' : '0') })])]);
    const seen = await delivered(other, name, 2);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(2);
  });

  it('goes on after a kept place', async () => {
    const name = 'symbolon.publisher.resume.v1';
    await bus.publish([message({ topic: name }), message({ topic: name }), message({ topic: name })]);
    const all = await delivered(other, name, 3);
    expect((await delivered(other, name, 2, all[0]!.position)).map(({ id }) => id)).toEqual(all.slice(1).map(({ id }) => id));
  });

  it('lets a service publish to its own topics only', async () => {
    await expect(other.publish([message()])).rejects.toMatchObject({ code: '42501' });
  });

  it.each([
    ['bus/bad_key', { key: '\0' }],
    ['bus/bad_topic', { topic: '' }],
    ['bus/message_too_large', { data: new Uint8Array(1024 * 1024) }],
  ])('refuses what can never be stored: %s', async (rule, wrong) => {
    await expect(bus.publish([message(wrong)])).rejects.toMatchObject({ name: 'Invalid', rule });
  });
});
