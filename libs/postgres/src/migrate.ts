import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import pg from 'pg';
import { connectionOf } from './pool.js';
import { roleName, rolePassword, roleUrl } from './roles.js';
import { mapped } from './unavailable.js';

/** What is migrated: a service, or anything else with a schema and login role of its own (the vault has no categories and follows nothing). */
export type Migrated = Readonly<{ name: string; migrations: URL; categories?: readonly string[] }>;

/** `secret` gives the login roles their passwords (see `roleUrl`). */
export type MigrateOptions = Readonly<{ url: string; secret: Uint8Array | string; services: readonly Migrated[] }>;

/** The schema cannot be brought to this version; the message is a sentence with the way out. */
export class MigrationRefused extends Error {
  override readonly name = 'MigrationRefused';
}

const LOCK = 741_000;
const OWN = ['es', 'bus'].map((name) => ({ name, migrations: new URL(`../migrations/${name}/`, import.meta.url) }));

/**
 * Brings every schema up to date as the owner: store, bus, then each service with its login role, followers, grants and categories. Forward only, one
 * transaction a file, one migrator at a time; what was cut off is continued by the next run. Answers the files that it ran.
 */
export async function migrate({ url, secret, services }: MigrateOptions): Promise<readonly string[]> {
  const client = new pg.Client(connectionOf({ url, transactionTimeout: '0', name: 'symbolon migrate' }));
  client.on('error', () => undefined); // the statement in flight reports it
  try {
    await client.connect();
    await client.query('select pg_advisory_lock($1)', [LOCK]);
    const applied = await history(client);
    const ran: string[] = [];
    for (const { name, migrations } of OWN) ran.push(...(await schema(client, name, migrations, applied)));
    for (const service of services) {
      await loginRole(client, service.name, url, secret);
      await roleOf(client, service.name, roleName(url, service.name));
      if (service.categories) await followerTables(client, service.name);
      ran.push(...(await schema(client, service.name, service.migrations, applied)));
      await rights(client, service, roleName(url, service.name));
    }
    return ran;
  } catch (error) {
    throw mapped(error);
  } finally {
    await client.end().catch(() => undefined);
  }
}

type History = ReadonlyMap<string, string>;

async function history(client: pg.Client): Promise<History> {
  await client.query('create schema if not exists es');
  await client.query('create table if not exists es.migrations (schema text, file text, checksum text not null, applied_at timestamptz not null default clock_timestamp(), primary key (schema, file))');
  const { rows } = await client.query<{ schema: string; file: string; checksum: string }>('select schema, file, checksum from es.migrations');
  return new Map(rows.map(({ schema, file, checksum }) => [`${schema}/${file}`, checksum]));
}

async function schema(client: pg.Client, name: string, folder: URL, applied: History): Promise<string[]> {
  await client.query(`create schema if not exists ${quoted(name)}`);
  const ran: string[] = [];
  const files = readdirSync(folder).filter((file) => /^\d{4}_.*\.sql$/.test(file)).sort();
  for (const key of applied.keys()) if (key.startsWith(`${name}/`) && !files.includes(key.slice(name.length + 1))) throw new MigrationRefused(`The database was migrated by a newer Symbolon (${key} is unknown here). Start that version, or restore a backup.`);
  for (const file of files) {
    const text = readFileSync(new URL(file, folder), 'utf8');
    const checksum = createHash('sha256').update(text).digest('hex');
    const known = applied.get(`${name}/${file}`);
    if (known === checksum) continue;
    if (known !== undefined) throw new MigrationRefused(`Migration ${name}/${file} was changed after it had run. Put the file back as it was and write the change as a new file.`);
    await transaction(client, async () => {
      await client.query("set local search_path = ''");
      await client.query(text);
      await client.query('insert into es.migrations (schema, file, checksum) values ($1, $2, $3)', [name, file, checksum]);
    });
    ran.push(`${name}/${file}`);
  }
  return ran;
}

/**
 * The role, able to log in with its derived password. Its name is of this database, but a server may hold one of that name already: of this database
 * before its keys were made anew, or somebody else's, which is left as it is.
 */
async function loginRole(client: pg.Client, service: string, ownerUrl: string, secret: Uint8Array | string): Promise<void> {
  const role = roleName(ownerUrl, service);
  const password = `password ${literal(rolePassword(role, secret))}`;
  const { rows } = await client.query<{ comment: string | null }>("select shobj_description(oid, 'pg_authid') as comment from pg_roles where rolname = $1", [role]);
  if (rows.length === 0) await client.query(`create role ${quoted(role)} login ${password}`).catch(unlessCode('42710', '23505'));
  else if (await logsIn(roleUrl(ownerUrl, service, secret))) return;
  else if (rows[0]?.comment !== MARK) throw new MigrationRefused(`The server has a role ${role} that is not Symbolon's, and a service needs one of that name. Rename it (alter role ${quoted(role)} rename to …), or give Symbolon a database of another name.`);
  else await client.query(`alter role ${quoted(role)} login ${password}`);
  await client.query(`comment on role ${quoted(role)} is ${literal(MARK)}`);
}

/** By this comment a role of ours is known. */
const MARK = 'A service of Symbolon logs in with this role; its password is derived at each start.';

/** Keeps which role is this service's. What an earlier one had (roles were once called as services are; a database may be renamed or copied) goes to the new one. */
async function roleOf(client: pg.Client, service: string, role: string): Promise<void> {
  const { rows } = await client.query<{ role: string }>('select role from es.services where service = $1', [service]);
  const before = rows[0]?.role ?? service;
  if (before === role) return;
  await transaction(client, async () => {
    await client.query('update es.categories set role = $1 where role = $2', [role, before]);
    await client.query('insert into es.services (role, service) values ($1, $2) on conflict (service) do update set role = excluded.role', [role, service]);
  });
  await retire(client, service, before);
}

/** Takes an earlier role's rights in this database, and the role itself unless another database knows it. */
async function retire(client: pg.Client, service: string, role: string): Promise<void> {
  const { rows } = await client.query('select from pg_roles r join pg_namespace n on n.nspname = $2 where r.rolname = $1 and has_schema_privilege(r.oid, n.oid, $3)', [role, service, 'usage']);
  if (rows.length === 0) return;
  const [own, old] = [quoted(service), quoted(role)];
  await client.query(`
    revoke all on all tables in schema ${own} from ${old}; revoke all on all sequences in schema ${own} from ${old};
    revoke all on all functions in schema ${own}, es, bus from ${old}; revoke all on schema ${own}, es, bus from ${old};`);
  await client.query(`drop role ${old}`).catch(unlessCode('2BP01', '42501', '55006'));
}

async function logsIn(url: string): Promise<boolean> {
  const probe = new pg.Client(connectionOf({ url, name: 'symbolon migrate' }));
  probe.on('error', () => undefined);
  try {
    await probe.connect();
    return true;
  } catch {
    return false;
  } finally {
    await probe.end().catch(() => undefined);
  }
}

/** Where a service's subscriptions stand, what they saw, what they parked. */
async function followerTables(client: pg.Client, name: string): Promise<void> {
  const own = quoted(name);
  await client.query(`
    create schema if not exists ${own};
    create table if not exists ${own}.followers (subscription text primary key, position text collate "C" not null default '', epoch bigint not null default 0, owner uuid, leased_until timestamptz not null default '-infinity') with (fillfactor = 50);
    create table if not exists ${own}.seen (subscription text, key text, position text collate "C" not null, primary key (subscription, key));
    create table if not exists ${own}.parked (subscription text, key text, position text collate "C", event text not null, error text not null, attempts int not null, parked_at timestamptz not null default clock_timestamp(), primary key (subscription, key, position));`);
}

async function rights(client: pg.Client, { name, categories = [] }: Migrated, login: string): Promise<void> {
  const [own, role] = [quoted(name), quoted(login)];
  await transaction(client, async () => {
    await client.query(`
      grant usage on schema ${own}, es, bus to ${role};
      grant select, insert, update, delete on all tables in schema ${own} to ${role};
      grant usage, select on all sequences in schema ${own} to ${role};
      grant execute on all functions in schema ${own} to ${role};
      grant execute on all functions in schema es, bus to ${role};`);
    await client.query('delete from es.categories where role = $1 and category <> all ($2)', [login, categories]);
    const { rows } = await client.query<{ category: string }>('select category from es.categories where category = any ($1) and role <> $2', [categories, login]);
    if (rows[0]) throw new MigrationRefused(`Streams of category ${rows[0].category} belong to another service than ${name}. A category has one owner.`);
    await client.query('insert into es.categories (category, role) select c, $1 from unnest($2::text[]) c on conflict do nothing', [login, categories]);
  });
}

async function transaction(client: pg.Client, work: () => Promise<void>): Promise<void> {
  await client.query('begin');
  try {
    await work();
    await client.query('commit');
  } catch (error) {
    await client.query('rollback').catch(() => undefined);
    throw error;
  }
}

const quoted = (name: string) => `"${name.replaceAll('"', '""')}"`;
const literal = (text: string) => `'${text.replaceAll("'", "''")}'`;
const unlessCode =
  (...codes: string[]) =>
  (error: { code?: string }) => {
    if (!codes.includes(error.code ?? '')) throw error;
  };
