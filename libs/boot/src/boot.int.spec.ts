import { randomUUID } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { MessagePattern } from '@nestjs/microservices';
import { projection, publication, put, table } from '@symbolon/event-sourcing';
import { file_symbolon_consent_public_v1_events, topics } from '@symbolon/events';
import type { ConsentPublicEvent } from '@symbolon/events';
import { embeddedServer, pool, roleUrl } from '@symbolon/postgres';
import { IN_PROCESS } from '@symbolon/web';
import type { Ports, Service } from '@symbolon/web';
import { boot } from './boot.js';
import type { Running } from './boot.js';

const folder = mkdtempSync(join(tmpdir(), 'symbolon-boot-'));
chmodSync(folder, 0o755); // run as root, the database has a user of its own who must pass
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const freePort = (): Promise<number> =>
  new Promise((done) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => done(port));
    });
  });

@Controller()
class Greetings {
  @Get('hello')
  hello() {
    return { hello: 'there' };
  }

  @MessagePattern('toy.double', IN_PROCESS)
  double({ number }: { number: number }) {
    return { number: number * 2 };
  }
}

@Module({ controllers: [Greetings] })
class Toy {}

type Seen = { ports?: Ports; workerEnded: boolean; closed: boolean; workerRuns: number };

/** The smallest service: a page, a question, a worker that fails once, a table. */
const toy = (seen: Seen): Service => {
  const migrations = join(folder, 'migrations/');
  mkdirSync(migrations, { recursive: true });
  writeFileSync(join(migrations, '0001_things.sql'), 'create table consent.things (name text primary key); create table consent.heard (name text primary key);');
  return {
    name: 'consent', // a service may publish its own topic alone
    migrations: pathToFileURL(migrations),
    categories: ['thing'],
    events: file_symbolon_consent_public_v1_events,
    subscriptions: [
      projection<ConsentPublicEvent>('consent.things.v1', { categories: ['thing'] }, table('consent.things', ['name']), { PurposeRetired: ({ event }) => put({ name: event.data.purpose }) }),
      publication<ConsentPublicEvent, ConsentPublicEvent>('consent.public.v1', ['thing'], topics.consent, { PurposeRetired: ({ event }) => event }),
      projection<ConsentPublicEvent>('consent.heard.v1', { topic: topics.consent }, table('consent.heard', ['name']), { PurposeRetired: ({ event }) => put({ name: event.data.purpose }) }),
    ],
    wire: async (ports) => {
      seen.ports = ports;
      const run = async (signal: AbortSignal) => {
        if ((seen.workerRuns += 1) === 1) throw new Error('the first run fails');
        await new Promise<void>((done) => signal.addEventListener('abort', () => done()));
        seen.workerEnded = true;
      };
      return {
        module: { module: Toy },
        mounts: [{ path: '/mounted', handler: (request, response) => void response.end(`mounted ${request.url}`) }],
        workers: [{ name: 'toy.worker', run }],
        close: async () => void (seen.closed = true),
      };
    },
    seed: async ({ database }) => {
      await database.query("insert into consent.things values ('seeded') on conflict do nothing");
      return { secret: 'same at every start' };
    },
  };
};

const start = async (seen: Seen): Promise<{ running: Running; origin: string; operations: string }> => {
  const [port, sample, operations] = await Promise.all([freePort(), freePort(), freePort()]);
  const environment = { SYMBOLON_PORT: String(port), SYMBOLON_SAMPLE_PORT: String(sample), SYMBOLON_OPERATIONS_PORT: String(operations), SYMBOLON_DATA_DIR: join(folder, 'data') };
  const running = await boot({ root: folder, environment, services: async () => [toy(seen)] });
  return { running, origin: `http://127.0.0.1:${port}`, operations: `http://127.0.0.1:${operations}` };
};

describe('boot', () => {
  it('starts a service on its own role, serves, answers questions, and drains so that it can be started again', async () => {
    const seen: Seen = { workerEnded: false, closed: false, workerRuns: 0 };
    const { running, origin, operations } = await start(seen);
    expect((await fetch(`${operations}/readyz`)).status).toBe(503);
    running.prepared();
    expect(await (await fetch(`${operations}/readyz`)).json()).toEqual({ status: 'ready', hindrances: [], parked: {} });
    expect((await fetch(`${operations}/healthz`)).status).toBe(200);
    expect(await (await fetch(`${origin}/hello`)).json()).toEqual({ hello: 'there' });
    expect(await (await fetch(`${origin}/mounted/path`)).text()).toBe('mounted /path');
    expect(running.facts).toEqual({ consent: { secret: 'same at every start' } });
    const { rows } = await seen.ports!.database.query<{ role: string; name: string }>('select session_user as role, name from consent.things');
    expect(rows).toEqual([{ role: 'consent_postgres', name: 'seeded' }]);
    expect(await seen.ports!.ask('toy.double', { number: 21 })).toEqual({ number: 42 });
    await expect(seen.ports!.ask('toy.nothing', {}, 50)).rejects.toThrow(/unavailable/);
    await expect(boot({ root: folder, environment: { SYMBOLON_DATA_DIR: join(folder, 'data'), SYMBOLON_PORT: '1' }, services: async () => [] })).rejects.toThrow(/in use by another Symbolon/);
    for (let tries = 0; seen.workerRuns < 2 && tries < 100; tries++) await new Promise((done) => setTimeout(done, 50));
    await running.stop();
    expect(seen).toMatchObject({ workerRuns: 2, workerEnded: true, closed: true });
    await expect(fetch(`${origin}/hello`)).rejects.toThrow();

    const again: Seen = { workerEnded: false, closed: false, workerRuns: 0 };
    const second = await start(again);
    expect((await again.ports!.database.query("select from consent.things where name = 'seeded'")).rowCount).toBe(1);
    await second.running.stop();
  }, 60_000);

  it('runs the subscriptions: an appended event reaches its read table, the bus, and whoever follows the topic', async () => {
    const seen: Seen = { workerEnded: false, closed: false, workerRuns: 0 };
    const { running, operations } = await start(seen);
    running.prepared();
    const { store, codec, waitFor, database } = seen.ports!;
    const id = randomUUID();
    const event = await codec.encode(id, { type: 'PurposeRetired', data: { purpose: 'newsletter' } }, { at: new Date().toISOString(), actor: 'system:test', correlation: id, causation: id });
    const appended = await store.append({ stream: 'thing-1', expected: -1n, events: [event] });
    const { position } = appended as { position: string };
    expect(await waitFor('consent.things.v1', position, 10_000)).toBe(true);
    expect(await waitFor('consent.heard.v1', position, 10_000, 'thing-1')).toBe(true);
    for (const name of ['things', 'heard']) expect((await database.query(`select from consent.${name} where name = 'newsletter'`)).rowCount).toBe(1);
    expect(await waitFor('consent.things.v1', `${position.slice(0, 4)}ffffffffffffffff`, 100)).toBe(false);
    expect(await (await fetch(`${operations}/metrics`)).text()).toContain('symbolon_subscription_leading{subscription="consent.heard.v1"} 1');
    await running.stop();
  }, 60_000);

  it('starts the database again when somebody killed it, and goes on serving', async () => {
    const seen: Seen = { workerEnded: false, closed: false, workerRuns: 0 };
    const { running } = await start(seen);
    const pid = () => Number(readFileSync(join(folder, 'data/postgres/postmaster.pid'), 'utf8').split('\n')[0]);
    const killed = pid();
    process.kill(killed, 'SIGKILL');
    let rows: readonly object[] = [];
    for (let tries = 0; rows.length === 0 && tries < 200; tries++) {
      await new Promise((done) => setTimeout(done, 50));
      rows = await seen.ports!.database.query('select name from consent.things').then((answer) => answer.rows, () => []);
    }
    expect(rows).toContainEqual({ name: 'seeded' });
    expect(pid()).not.toBe(killed);
    await running.stop();
  }, 60_000);

  it('refuses a database that was made with the keys of another data folder, and leaves it as it was', async () => {
    const server = await embeddedServer({ dataDir: join(folder, 'elsewhere') });
    const environment = async (name: string) => {
      const [port, sample, operations] = await Promise.all([freePort(), freePort(), freePort()]);
      return { DATABASE_URL: server.url, SYMBOLON_PORT: String(port), SYMBOLON_SAMPLE_PORT: String(sample), SYMBOLON_OPERATIONS_PORT: String(operations), SYMBOLON_DATA_DIR: join(folder, name) };
    };
    /** A data folder with the keys of the first but for one of them. */
    const withForeign = async (name: string) => {
      const keys = join(folder, `other-${name}`, 'keys');
      cpSync(join(folder, 'one', 'keys'), keys, { recursive: true });
      cpSync(join(folder, 'two', 'keys', name), join(keys, name));
      return `other-${name}`;
    };
    const seen: Seen = { workerEnded: false, closed: false, workerRuns: 0 };
    const first = await boot({ root: folder, environment: await environment('one'), services: async () => [toy(seen)] });
    await expect(boot({ root: folder, environment: await environment('two'), services: async () => [toy(seen)] })).rejects.toThrow(/key-encryption key is not the one/);
    for (const name of ['pepper', 'service']) {
      await expect(boot({ root: folder, environment: await environment(await withForeign(name)), services: async () => [toy(seen)] })).rejects.toThrow(new RegExp(`${name}.* is not the one that this installation was made with`));
    }
    const database = pool({ url: roleUrl(server.url, 'consent', first.configuration.keys.service) });
    expect((await database.query('select from consent.things')).rowCount).toBe(1);
    await database.close();
    await first.stop();
    await server.stop();
  }, 60_000);

  it('runs beside another installation on the same server, each in its own database, also when the other one started again', async () => {
    const server = await embeddedServer({ dataDir: join(folder, 'shared') });
    const owner = pool({ url: server.url, max: 1 });
    for (const name of ['east', 'west']) await owner.query(`create database ${name}`);
    const begin = async (name: string) => {
      const [port, sample, operations] = await Promise.all([freePort(), freePort(), freePort()]);
      const seen: Seen = { workerEnded: false, closed: false, workerRuns: 0 };
      const environment = { DATABASE_URL: server.url.replace('/postgres?', `/${name}?`), SYMBOLON_PORT: String(port), SYMBOLON_SAMPLE_PORT: String(sample), SYMBOLON_OPERATIONS_PORT: String(operations), SYMBOLON_DATA_DIR: join(folder, `in-the-${name}`) };
      const running = await boot({ root: folder, environment, services: async () => [toy(seen)] });
      running.prepared();
      return { running, seen, ready: async () => (await fetch(`http://127.0.0.1:${operations}/readyz`)).status };
    };
    const both = [await begin('east'), await begin('west')];
    const [east, west] = both;
    await east!.running.stop();
    const again = await begin('east');
    await owner.query("select pg_terminate_backend(pid) from pg_stat_activity where datname = 'west'"); // every connection is opened anew, with the role's password
    let written = false;
    for (let tries = 0; !written && tries < 100; tries++) {
      written = await west!.seen.ports!.database.query("insert into consent.things values ('of the west')").then(() => true, () => false);
      if (!written) await new Promise((done) => setTimeout(done, 50));
    }
    expect(written).toBe(true);
    expect(await again.seen.ports!.database.query('select name from consent.things').then(({ rows }) => rows)).toEqual([{ name: 'seeded' }]);
    for (const one of [west!, again]) {
      let status = 0;
      for (let tries = 0; status !== 200 && tries < 200; tries++) status = (await new Promise((done) => setTimeout(done, 50)), await one.ready());
      expect(status).toBe(200);
    }
    await Promise.all([west!.running.stop(), again.running.stop()]);
    await owner.close();
    await server.stop();
  }, 120_000);

  it('refuses a request for a host that is not its own', async () => {
    const seen: Seen = { workerEnded: false, closed: false, workerRuns: 0 };
    const { running, origin } = await start(seen);
    const { request } = await import('node:http');
    const status = await new Promise((done) => request(`${origin}/hello`, { headers: { host: 'evil.example' } }, ({ statusCode }) => done(statusCode)).end());
    expect(status).toBe(421);
    await running.stop();
  }, 60_000);
});
