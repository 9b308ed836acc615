import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { causeOf, POOLER } from './causes.js';
import { connectionOf } from './pool.js';
import { roleName } from './roles.js';
import { within } from './unavailable.js';

/** The server cannot carry an installation; the message is a sentence with the way out. */
export class ServerRefused extends Error {
  override readonly name = 'ServerRefused';
}

/** `services` will have login roles; `connections` is what all pools of the process hold at most. */
export type ServerCheck = Readonly<{ url: string; services: readonly string[]; connections: number }>;

const OLDEST = 170_000;
/** Tries at seeing two clients on one backend: a pooler may give them different ones by chance. */
const TRIES = 5;
/** Milliseconds. */
const PATIENCE = 3_000;

/**
 * Refuses, before anything is written, a server or an address that would fail us later: too old for our settings, read-only, of another encoding, without
 * the right to make roles, with too few connections, behind a pooler that shares connections. Throws `ServerRefused`.
 */
export async function checkServer(check: ServerCheck): Promise<void> {
  const { url } = check;
  if (severalHosts(url)) throw new ServerRefused('DATABASE_URL names several hosts, and Symbolon goes to one. Name an address that follows the primary (a DNS name, a virtual address, or a proxy that passes connections through), and start again.');
  const client = plainClient(url);
  try {
    await client.connect();
    await checkVersion(client);
    refuseUnfit(await factsOf(client, check), check);
    await refuseSharedConnections(url, client);
    await acceptsOurSettings(url);
  } catch (error) {
    if (error instanceof ServerRefused) throw error;
    throw new ServerRefused(causeOf(error).start(whereOf(url)), { cause: error });
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** What may be shown of an address: no user, no password. */
export function whereOf(url: string): string {
  const host = /^[a-z]+:\/\/(?:[^@/]*@)?([^/?]+)/.exec(url)?.[1];
  return `at ${host ?? new URLSearchParams(url.slice(url.indexOf('?') + 1)).get('host') ?? 'its socket'}`; // an address of a socket has no host, and is no URL to `new URL`
}

const severalHosts = (url: string): boolean => whereOf(url).includes(',') || /[?&]host=[^&]*(,|%2C)/i.test(url);

/** Without settings of ours, which an older server or a pooler would not even accept. */
function plainClient(url: string): pg.Client {
  const client = new pg.Client({ ...connectionOf({ url, name: 'symbolon check' }), options: undefined });
  client.on('error', () => undefined); // the statement in flight reports it
  return client;
}

async function checkVersion(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ number: string; version: string }>("select current_setting('server_version_num') as number, current_setting('server_version') as version");
  const { number = '0', version = 'unknown' } = rows[0] ?? {};
  if (Number(number) < OLDEST) throw new ServerRefused(`The database runs PostgreSQL ${version}; Symbolon needs 17 or newer. Upgrade it, or remove DATABASE_URL to use the embedded one.`);
}

type Facts = Readonly<{ user: string; database: string; encoding: string; read_only: boolean; makes_roles: boolean; makes_schemas: boolean; connections: number }>;

const FACTS = `
  select current_user as user, current_database() as database, current_setting('server_encoding') as encoding,
    pg_is_in_recovery() or current_setting('transaction_read_only') = 'on' as read_only,
    r.rolsuper or r.rolcreaterole or (select count(*) from pg_roles where rolname = any ($1)) = cardinality($1::text[]) as makes_roles,
    has_database_privilege(current_database(), 'create') as makes_schemas,
    least(current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int - current_setting('reserved_connections')::int, nullif(d.datconnlimit, -1)) as connections
  from pg_roles r, pg_database d where r.rolname = current_user and d.datname = current_database()`;

async function factsOf(client: pg.Client, { url, services }: ServerCheck): Promise<Facts> {
  const { rows } = await client.query<Facts>(FACTS, [services.map((service) => roleName(url, service))]);
  return rows[0]!;
}

function refuseUnfit({ user, database, encoding, read_only, makes_roles, makes_schemas, connections }: Facts, { url, connections: wanted }: ServerCheck): void {
  const where = whereOf(url);
  if (read_only) throw new ServerRefused(causeOf(Object.assign(new Error(), { code: '25006' })).start(where));
  if (encoding !== 'UTF8') throw new ServerRefused(`The database ${database} ${where} is encoded in ${encoding}, which cannot hold every name. Make one in UTF8 (create database … encoding 'UTF8' template template0), name it in DATABASE_URL, and start again.`);
  if (!makes_roles) throw new ServerRefused(`The user ${user} of DATABASE_URL may not make roles, and each service logs in with its own. As an administrator run: alter role "${user}" createrole; then start again.`);
  if (!makes_schemas) throw new ServerRefused(`The user ${user} of DATABASE_URL may not make schemas in ${database}. As an administrator run: grant create on database "${database}" to "${user}"; then start again.`);
  if (connections < wanted) throw new ServerRefused(`The database ${where} takes ${connections} connections, and this process may need ${wanted}. Set max_connections to ${wanted + 20} or more (a database's own limit counts too), and start again.`);
}

/**
 * Two clients with a connection each see two backends, and neither what the other set in its session. A pooler that gives each transaction a backend shows
 * itself by one of them: what `one` left in its session is seen by `two`, or `one` comes to another backend while `two` holds a transaction.
 */
async function refuseSharedConnections(url: string, one: pg.Client): Promise<void> {
  const two = plainClient(url);
  const refusal = new ServerRefused(POOLER(whereOf(url)));
  await two.connect();
  try {
    for (let tries = 0; tries < TRIES; tries++) {
      const mark = randomUUID();
      await one.query(`set symbolon.mark = '${mark}'`);
      for (let more = 0; more < tries; more++) await one.query('select'); // whichever connection is the next, in time it is the marked one
      await two.query('begin');
      const { mark: seen } = (await two.query<Session>(SESSION)).rows[0]!;
      const { mark: kept } = await within(PATIENCE, one.query<Session>(SESSION), () => undefined).then(({ rows }) => rows[0]!, () => { throw refusal; }); // one backend for both: it waits
      await two.query('rollback');
      if (seen === mark || kept !== mark) throw refusal;
    }
  } finally {
    await two.end().catch(() => undefined);
  }
}

type Session = Readonly<{ mark: string | null }>;
const SESSION = "select current_setting('symbolon.mark', true) as mark";

async function acceptsOurSettings(url: string): Promise<void> {
  const client = new pg.Client(connectionOf({ url, name: 'symbolon check' }));
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select');
  } finally {
    await client.end().catch(() => undefined);
  }
}
