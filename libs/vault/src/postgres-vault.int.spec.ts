import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { migrate } from '@symbolon/postgres';
import { testDatabase, type TestDatabase } from '../../../tools/engines/postgres.js';
import { newKey } from './aead.js';
import { migrations, postgresVault, rotateKek } from './index.js';
import { FORGOTTEN, SubjectForgotten } from './vault.js';

const field = (subject: string, event = 'e1') => ({ event, type: 'symbolon.sample.v1.DoorOpened', subject, field: 'opened_by' });

describe('the vault in Postgres', () => {
  let server: TestDatabase;
  /** The vault's own role, as in service; and the owner's, to look behind it. */
  let database: ReturnType<TestDatabase['database']>;
  let owner: ReturnType<TestDatabase['database']>;
  const serviceKey = newKey();
  let kek: Uint8Array;

  const start = (key = kek, clock?: () => number) => postgresVault({ database, kek: key, serviceKey, clock });
  const counted = async (where: string) => (await database.query<{ count: number }>(`select count(*)::int as count from vault.subject_keys where ${where}`)).rows[0]?.count;

  beforeAll(async () => {
    server = await testDatabase();
    await migrate({ url: server.url, secret: server.secret, services: [{ name: 'vault', migrations }] });
    database = server.database('vault');
    owner = server.database();
  });
  afterAll(() => server.close());

  beforeEach(async () => {
    kek = newKey();
    await owner.query('truncate vault.subject_keys, vault.kek_check');
  });

  it('opens after a restart what was sealed before', async () => {
    const sealed = await (await start()).seal('Ada', field('ada'));
    expect(await (await start()).open(sealed, 'ada')).toBe('Ada');
  });

  it('makes one key for a subject that fifty sealers in several processes meet at once', async () => {
    const vaults = await Promise.all(Array.from({ length: 10 }, () => start()));
    const sealed = await Promise.all(Array.from({ length: 50 }, async (_, index) => vaults[index % 10]?.seal(`${index}`, field('ada', `e${index}`))));
    expect(await counted("subject = 'ada'")).toBe(1);
    const fresh = await start();
    expect(await Promise.all(sealed.map((text) => fresh.open(text ?? '', 'ada')))).toEqual(sealed.map((_, index) => `${index}`));
  });

  it('makes keys of the same many subjects from two processes at once, in any order, without a deadlock', async () => {
    const subjects = Array.from({ length: 200 }, (_, index) => `s${index}`);
    const [one, two] = await Promise.all([start(), start()]);
    await Promise.all([...subjects.map((subject) => one.seal('x', field(subject))), ...subjects.toReversed().map((subject) => two.seal('x', field(subject)))]);
    expect(await counted('wrapped is not null')).toBe(200);
  });

  it('leaves a tombstone of a forgotten subject: nothing opens, nothing is sealed, in no process and at no later start', async () => {
    let now = 0;
    const [vault, other] = [await start(), await start(kek, () => now)];
    const sealed = await vault.seal('Ada', field('ada'));
    expect(await other.open(sealed, 'ada')).toBe('Ada');
    await vault.forget('ada');
    await vault.forget('ada');
    now += 60_000;
    for (const each of [vault, other, await start()]) {
      expect(await each.open(sealed, 'ada')).toBe(FORGOTTEN);
      await expect(each.seal('Ada', field('ada'))).rejects.toThrow(SubjectForgotten);
    }
    expect(await counted("subject = 'ada' and wrapped is null and forgotten_at is not null")).toBe(1);
  });

  it('forgets a subject that it has never seen', async () => {
    const vault = await start();
    await vault.forget('eve');
    await expect(vault.seal('Eve', field('eve'))).rejects.toThrow(SubjectForgotten);
  });

  it('refuses to start with another key-encryption key, says what to do, and changes nothing', async () => {
    const sealed = await (await start()).seal('Ada', field('ada'));
    await expect(start(newKey())).rejects.toThrow('not the one that this vault was made with');
    expect(await (await start()).open(sealed, 'ada')).toBe('Ada');
  });

  it('refuses to take a key as its own when its check value is lost but keys are there', async () => {
    await (await start()).seal('Ada', field('ada'));
    await database.query('delete from vault.kek_check');
    await expect(start()).rejects.toThrow('restore table `vault.kek_check`');
    expect((await database.query('select from vault.kek_check')).rowCount).toBe(0);
  });

  it('lets one of two first starts with different keys win; the other refuses', async () => {
    const results = await Promise.allSettled([start(newKey()), start(newKey())]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  it('refuses a wrapped key that was put in the row of another subject', async () => {
    const vault = await start();
    const sealed = await vault.seal('Ada', field('ada'));
    await vault.seal('Bob', field('bob'));
    await database.query("update vault.subject_keys set wrapped = (select wrapped from vault.subject_keys where subject = 'bob') where subject = 'ada'");
    await expect((await start()).open(sealed, 'ada')).rejects.toThrow('does not open with this key-encryption key');
  });

  it('opens everything after its key-encryption key was rotated, and nothing with the old one', async () => {
    const old = await start();
    const sealed = await old.seal('Ada', field('ada'));
    await old.seal('Eve', field('eve'));
    await old.forget('eve');
    const next = newKey();
    expect(await rotateKek({ database, from: kek, to: next })).toBe(1);
    expect(await (await start(next)).open(sealed, 'ada')).toBe('Ada');
    await expect(start(kek)).rejects.toThrow('not the one that this vault was made with');
    await expect(old.seal('Bob', field('bob'))).rejects.toThrow('was rotated while this process ran');
    expect(await counted("subject = 'bob'")).toBe(0);
  });

  it('does not rotate from a key that is not its own', async () => {
    const sealed = await (await start()).seal('Ada', field('ada'));
    await expect(rotateKek({ database, from: newKey(), to: newKey() })).rejects.toThrow('nothing was changed');
    expect(await (await start()).open(sealed, 'ada')).toBe('Ada');
  });

  it('rotates more keys than one batch', async () => {
    const vault = await start();
    await Promise.all(Array.from({ length: 2_300 }, (_, index) => vault.seal('x', field(`s${index}`))));
    expect(await rotateKek({ database, from: kek, to: (kek = newKey()) })).toBe(2_300);
  });

  it('keeps no key in clear: canary values and the keys themselves are in no table', async () => {
    const vault = await start();
    const sealed = await vault.seal('canary-Margarete', field('ada'));
    await owner.query('create table if not exists public.kept (value text)');
    await owner.query('truncate public.kept');
    await owner.query('insert into public.kept values ($1)', [sealed]);
    const { rows } = await owner.query<{ bytes: string }>("select encode(wrapped, 'hex') as bytes from vault.subject_keys union all select encode(value, 'hex') from vault.kek_check union all select encode(convert_to(value, 'UTF8'), 'hex') from public.kept");
    const all = rows.map(({ bytes }) => bytes).join();
    for (const spelling of ['utf8', 'base64', 'base64url', 'hex'] as const) {
      expect(all).not.toContain(Buffer.from(Buffer.from('canary-Margarete').toString(spelling)).toString('hex'));
    }
    expect(all).not.toContain(Buffer.from(kek).toString('hex'));
    expect(rows).toHaveLength(3);
  });
});
