import { beforeEach, describe, expect, it } from '@jest/globals';
import { newKey, secretKey } from './aead.js';
import { memoryKeys, memoryVault } from './memory-vault.js';
import { sealing } from './sealing.js';
import { KEY_LIFETIME, SubjectKeys, type KeyRows } from './subject-keys.js';
import { FORGOTTEN, SubjectForgotten, type Vault } from './vault.js';

const field = (subject: string, event = 'e1') => ({ event, type: 'symbolon.sample.v1.DoorOpened', subject, field: 'opened_by' });

/** Key rows that write down every question. */
function asked(rows: KeyRows): KeyRows & { finds: (readonly string[])[]; creates: (readonly string[])[] } {
  const finds: (readonly string[])[] = [];
  const creates: (readonly string[])[] = [];
  return {
    finds,
    creates,
    find: (subjects) => (finds.push(subjects), rows.find(subjects)),
    create: (subjects) => (creates.push(subjects), rows.create(subjects)),
    forget: (subject) => rows.forget(subject),
  };
}

describe('a vault', () => {
  it('opens what it sealed', async () => {
    const vault = memoryVault();
    expect(await vault.open(await vault.seal('Ada', field('ada')), 'ada')).toBe('Ada');
  });

  it("does not open one subject's value as another's", async () => {
    const vault = memoryVault();
    await vault.seal('Bob', field('bob'));
    await expect(vault.open(await vault.seal('Ada', field('ada')), 'bob')).rejects.toThrow('tampered');
  });

  it('yields FORGOTTEN for everything of a forgotten subject, and of nobody else', async () => {
    const vault = memoryVault();
    const [ada, bob] = [await vault.seal('Ada', field('ada')), await vault.seal('Bob', field('bob'))];
    await vault.forget('ada');
    expect(await vault.open(ada, 'ada')).toBe(FORGOTTEN);
    expect(await vault.open(bob, 'bob')).toBe('Bob');
  });

  it('refuses to seal for a forgotten subject, however often it is forgotten, and for one that was forgotten before it had a key', async () => {
    const vault = memoryVault();
    await vault.seal('Ada', field('ada'));
    for (const subject of ['ada', 'ada', 'never seen']) {
      await vault.forget(subject);
      await expect(vault.seal('Ada', field(subject))).rejects.toThrow(SubjectForgotten);
    }
  });

  it('does not call a key forgotten that is merely missing', async () => {
    const sealed = await memoryVault().seal('Ada', field('ada'));
    await expect(memoryVault().open(sealed, 'ada')).rejects.toThrow('never had a key of ada');
  });

  it('opens a value that was never given, and the mark, to themselves', async () => {
    const vault = memoryVault();
    expect([await vault.open('', 'ada'), await vault.open(FORGOTTEN, 'ada')]).toEqual(['', FORGOTTEN]);
  });

  it('seals bytes for the service, in one context only', () => {
    const vault = memoryVault();
    const sealed = vault.sealForService(Buffer.from('pending'), 'authentication.pending');
    expect(Buffer.from(vault.openForService(sealed, 'authentication.pending')).toString()).toBe('pending');
    expect(Buffer.from(sealed).includes('pending')).toBe(false);
    expect(() => vault.openForService(sealed, 'authentication.mails')).toThrow('tampered');
    expect(() => vault.openForService(Buffer.from('plain'), 'authentication.pending')).toThrow('Not sealed');
    expect(() => memoryVault().openForService(sealed, 'authentication.pending')).toThrow('tampered');
  });
});

describe('subject keys', () => {
  let now = 0;
  let rows: ReturnType<typeof asked>;
  let vault: Vault;
  let keys: SubjectKeys;

  beforeEach(() => {
    now = 1_000_000;
    rows = asked(memoryKeys());
    keys = new SubjectKeys(rows, () => now);
    vault = sealing(keys, secretKey(newKey()));
  });

  it('are looked up once for a hundred events of one subject', async () => {
    const sealed = await Promise.all(Array.from({ length: 100 }, (_, index) => vault.seal(`${index}`, field('ada', `e${index}`))));
    expect(await Promise.all(sealed.map((text) => vault.open(text, 'ada')))).toEqual(sealed.map((_, index) => `${index}`));
    expect(rows.finds).toEqual([['ada']]);
    expect(rows.creates).toEqual([['ada']]);
  });

  it('are looked up together for many subjects at once, in one order', async () => {
    await Promise.all(['cid', 'ada', 'bob'].map((subject) => vault.seal('x', field(subject))));
    expect(rows.finds).toEqual([['ada', 'bob', 'cid']]);
    expect(rows.creates).toEqual([['ada', 'bob', 'cid']]);
  });

  it('are never made by opening', async () => {
    await expect(vault.open('s1.WyJhIiwiYiIsImMiXQ.AAAA', 'ada')).rejects.toThrow('never had a key');
    expect(rows.creates).toEqual([]);
  });

  it('stay in memory for sixty seconds at most', async () => {
    const sealed = await vault.seal('Ada', field('ada'));
    now += KEY_LIFETIME / 2;
    await vault.open(sealed, 'ada');
    expect(rows.finds).toHaveLength(1);
    now += KEY_LIFETIME / 2;
    expect(keys.sweep()).toBe(0);
    await vault.open(sealed, 'ada');
    expect(rows.finds).toHaveLength(2);
  });

  it('forgotten elsewhere are noticed within sixty seconds', async () => {
    const sealed = await vault.seal('Ada', field('ada'));
    await rows.forget('ada');
    now += KEY_LIFETIME;
    expect(await vault.open(sealed, 'ada')).toBe(FORGOTTEN);
    await expect(vault.seal('Ada', field('ada'))).rejects.toThrow(SubjectForgotten);
  });

  it('forgotten here are gone at once, also when a lookup was under way', async () => {
    const sealed = await vault.seal('Ada', field('ada'));
    now += KEY_LIFETIME;
    let release = () => {};
    const find = rows.find;
    rows.find = async (subjects) => {
      const found = await find(subjects);
      await new Promise<void>((resolve) => (release = resolve));
      return found;
    };
    const opening = vault.open(sealed, 'ada');
    await new Promise((resolve) => setImmediate(() => setImmediate(resolve)));
    await vault.forget('ada');
    release();
    expect(await opening).toBe('Ada');
    rows.find = find;
    await expect(vault.seal('Ada', field('ada'))).rejects.toThrow(SubjectForgotten);
  });

  it('are asked for again after a lookup that failed, by everybody who waited', async () => {
    const find = rows.find;
    rows.find = async () => Promise.reject(new Error('away'));
    const waiting = [vault.seal('x', field('ada')), vault.seal('y', field('bob'))];
    expect((await Promise.allSettled(waiting)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    rows.find = find;
    await expect(vault.seal('x', field('ada'))).resolves.toMatch(/^s1\./);
  });
});
