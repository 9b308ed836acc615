import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Codec, Delivered, DomainEvent, Metadata, NewEvent, Recorded } from '@symbolon/event-sourcing';
import { FORGOTTEN, memoryVault, type Vault } from '@symbolon/vault';
import { codec } from './codec.js';
import { publicFiles, topics } from './gen/public.js';

const metadata: Metadata = { at: '2026-11-23T20:00:00.000Z', subject: 'ada', actor: 'ada', correlation: 'c1', causation: 'c1' };
const registered = { type: 'AccountRegistered', data: { email: 'ada@example.org', firstName: 'Ada', lastName: '', locale: 'en' } };
const granted = { type: 'ConsentGranted', data: { purpose: 'profile', textVersion: 2, clientId: '' } };
const stored = (event: NewEvent): Recorded => ({ ...event, stream: 'account-ada', revision: 3n, position: '00010000000000000007' });
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('utf8');

let vault: Vault;
let events: Codec;

beforeEach(() => {
  vault = memoryVault();
  events = codec({ files: [publicFiles.authentication, publicFiles.consent], vault });
});

describe('encoding', () => {
  it('writes proto3 JSON under the proto full name, and metadata in one order', async () => {
    const { subject, ...others } = metadata;
    const encoded = await events.encode('e1', granted, { ...others, subject });
    expect({ ...encoded, data: text(encoded.data), metadata: text(encoded.metadata) }).toEqual({
      id: 'e1',
      type: 'symbolon.consent.public.v1.ConsentGranted',
      data: '{"purpose":"profile","textVersion":2,"clientId":""}',
      metadata: '{"at":"2026-11-23T20:00:00.000Z","subject":"ada","actor":"ada","correlation":"c1","causation":"c1"}',
    });
  });

  it('lets no personal value out, in any spelling', async () => {
    const { data } = await events.encode('e1', registered, metadata);
    for (const value of ['ada@example.org', 'Ada']) {
      for (const spelling of ['utf8', 'base64', 'base64url', 'hex'] as const) expect(text(data)).not.toContain(Buffer.from(value).toString(spelling));
    }
    expect(JSON.parse(text(data))).toMatchObject({ locale: 'en', lastName: expect.stringMatching(/^s1\./) });
  });

  it.each([
    ['a text for a number', { textVersion: '2' }, 'text_version'],
    ['half a number for a whole one', { textVersion: 1.5 }, 'text_version'],
    ['a number beyond 32 bits', { textVersion: 2 ** 31 }, 'text_version'],
    ['null', { purpose: null }, 'purpose'],
    ['a number for a text', { purpose: 7 }, 'purpose'],
    ['a lone surrogate', { purpose: '\ud800' }, 'purpose'],
    ['a field that the schema does not have', { ip: '203.0.113.1' }, 'ip'],
  ])('refuses %s and names the field', async (_, change, field) => {
    const event = { ...granted, data: { ...granted.data, ...change } };
    await expect(events.encode('e1', event, metadata)).rejects.toMatchObject({ name: 'Invalid', rule: 'events/invalid_field', message: expect.stringContaining(field) });
  });

  it('refuses a text where a list belongs', async () => {
    await expect(events.encode('e1', { type: 'ClientAuthorized', data: { clientId: 'c', scopes: 'openid' } }, metadata)).rejects.toThrow('scopes must be a list');
  });

  it('never quotes a refused value, which may be personal', async () => {
    const event = { type: 'AccountRegistered', data: { ...registered.data, email: ['ada@example.org'] } };
    await expect(events.encode('e1', event, metadata)).rejects.toMatchObject({ message: expect.not.stringContaining('ada@') });
  });

  it('refuses a type that it does not know, and one that two files have', async () => {
    await expect(events.encode('e1', { type: 'DoorOpened', data: {} }, metadata)).rejects.toThrow('No event is called DoorOpened');
    const both = codec({ files: [publicFiles.consent, publicFiles.consent], vault });
    await expect(both.encode('e1', granted, metadata)).rejects.toThrow('use the full name');
  });

  it('refuses an event with personal fields and no subject', async () => {
    await expect(events.encode('e1', registered, { ...metadata, subject: undefined })).rejects.toMatchObject({ name: 'Invalid', rule: 'events/no_subject' });
  });

  it.each([{ actor: 'ada@example.org' }, { correlation: 'Ada Lovelace' }, { at: 'today' }, { causation: undefined }, { email: 'x' }])('refuses metadata with %j', async (change) => {
    await expect(events.encode('e1', granted, { ...metadata, ...change } as Metadata)).rejects.toMatchObject({ name: 'Invalid', rule: 'events/metadata' });
  });

  it('refuses an event of a forgotten subject, but writes what is forgotten already', async () => {
    await vault.forget('ada');
    await expect(events.encode('e1', registered, metadata)).rejects.toMatchObject({ name: 'SubjectForgotten' });
    const forgotten = { ...registered, data: { email: FORGOTTEN, firstName: FORGOTTEN, lastName: FORGOTTEN, locale: 'en' } };
    expect((await events.open(stored(await events.encode('e1', forgotten, metadata))))?.event).toEqual(forgotten);
  });
});

describe('reading', () => {
  it('gives back what was written, with its place', async () => {
    const recorded = stored(await events.encode('e1', registered, metadata));
    expect(await events.open(recorded)).toEqual({
      id: 'e1',
      fullType: 'symbolon.authentication.public.v1.AccountRegistered',
      stream: 'account-ada',
      revision: 3n,
      position: recorded.position,
      sequence: recorded.position,
      metadata,
      event: registered,
    });
  });

  it('gives a message of the bus its own sequence, and its key as stream', async () => {
    const { id, type, metadata: meta, data } = await events.encode('e1', granted, metadata);
    const delivered: Delivered = { id, type, metadata: meta, data, topic: 't', key: 'ada', sequence: '0001a', partition: 2, position: '0001b' };
    expect(await events.open(delivered)).toMatchObject({ stream: 'ada', revision: -1n, sequence: '0001a', position: '0001b', event: granted });
  });

  it('leaves personal fields sealed for projections; a table opens them later with the vault', async () => {
    const envelope = events.sealed(stored(await events.encode('e1', registered, metadata)));
    const data = { ...envelope?.event.data } as Record<string, string>;
    expect(data).toMatchObject({ locale: 'en', email: expect.stringMatching(/^s1\./) });
    expect(await vault.open(data['email'] ?? '', 'ada')).toBe('ada@example.org');
  });

  it('yields FORGOTTEN where the key is gone, and all else as it was', async () => {
    const recorded = stored(await events.encode('e1', registered, metadata));
    await vault.forget('ada');
    expect((await events.open(recorded))?.event.data).toEqual({ email: FORGOTTEN, firstName: FORGOTTEN, lastName: FORGOTTEN, locale: 'en' });
    expect(events.sealed(recorded)?.event.data).toMatchObject({ locale: 'en' });
  });

  it('knows nothing of types of others', async () => {
    const recorded = { ...stored(await events.encode('e1', granted, metadata)), type: 'symbolon.fraud.v1.AlertRaised' };
    expect([await events.open(recorded), events.sealed(recorded)]).toEqual([undefined, undefined]);
  });

  it('ignores fields that a newer version added, and fills those that an older one did not have', async () => {
    const recorded = { ...stored(await events.encode('e1', granted, metadata)), data: Buffer.from('{"purpose":"profile","mood":"good","nested":{"a":[1]}}') };
    expect((await events.open(recorded))?.event.data).toEqual({ purpose: 'profile', textVersion: 0, clientId: '' });
  });

  it.each(['not json', '[]', '{"textVersion":"many"}'])('refuses %j as Invalid', async (data) => {
    const recorded = { ...stored(await events.encode('e1', granted, metadata)), data: Buffer.from(data) };
    await expect(events.open(recorded)).rejects.toMatchObject({ name: 'Invalid' });
    expect(() => events.sealed(recorded)).toThrow(expect.objectContaining({ name: 'Invalid' }));
  });

  it('refuses a personal value that is stored in clear', async () => {
    const recorded = { ...stored(await events.encode('e1', registered, metadata)), data: Buffer.from('{"email":"ada@example.org"}') };
    await expect(events.open(recorded)).rejects.toMatchObject({ rule: 'events/clear_personal_data', message: expect.not.stringContaining('ada@') });
    expect(() => events.sealed(recorded)).toThrow('email is stored in clear');
  });

  it.each([
    ['another event', { id: 'e2' }],
    ['another field', { data: (json: string) => json.replace('firstName', 'x').replace('email', 'firstName').replace('"x"', '"email"') }],
  ])('refuses a sealed value that was moved to %s', async (_, { id = 'e1', data = (json: string) => json }: { id?: string; data?: (json: string) => string }) => {
    const recorded = stored(await events.encode('e1', registered, metadata));
    await expect(events.open({ ...recorded, id, data: Buffer.from(data(text(recorded.data))) })).rejects.toMatchObject({ name: 'Unsealable' });
  });

  it("refuses another subject's metadata", async () => {
    await vault.seal('x', { event: 'e0', type: 't', subject: 'bob', field: 'f' });
    const recorded = stored(await events.encode('e1', registered, metadata));
    const bob = Buffer.from(JSON.stringify({ ...metadata, subject: 'bob' }));
    await expect(events.open({ ...recorded, metadata: bob })).rejects.toMatchObject({ name: 'Unsealable' });
  });
});

it('an upcaster turns an older event into the newer one that says the same', async () => {
  const upcasters = {
    'symbolon.authentication.public.v1.AccountEnabled': (): DomainEvent => ({ type: 'AccountDisabled', data: { reason: 'never' } }),
  };
  const upcasting = codec({ files: [publicFiles.authentication], vault, upcasters });
  const recorded = stored(await upcasting.encode('e1', { type: 'AccountEnabled', data: {} }, metadata));
  expect((await upcasting.open(recorded))?.event).toEqual({ type: 'AccountDisabled', data: { reason: 'never' } });
  expect(upcasting.sealed(recorded)?.event.type).toBe('AccountDisabled');
});

it('a codec of one topic knows no events of another', async () => {
  const { encode, open } = codec({ files: [publicFiles.consent], vault });
  await expect(encode('e1', registered, metadata)).rejects.toThrow('No event is called AccountRegistered');
  expect(await open(stored(await events.encode('e1', registered, metadata)))).toBeUndefined();
});

it.each(Object.entries(topics))('the topic of %s is the package of its public file', (service, topic) => {
  expect(publicFiles[service as keyof typeof publicFiles].proto.package).toBe(topic);
});
