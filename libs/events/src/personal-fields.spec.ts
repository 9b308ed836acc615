import { create, createFileRegistry, setExtension, type DescFile } from '@bufbuild/protobuf';
import { FieldDescriptorProto_Label as Label, FieldDescriptorProto_Type as Type, FieldOptionsSchema, FileDescriptorProtoSchema, type FieldDescriptorProto } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from '@jest/globals';
import type { Metadata, NewEvent, Recorded } from '@symbolon/event-sourcing';
import { FORGOTTEN, memoryVault } from '@symbolon/vault';
import { catalog } from './catalog.js';
import { codec } from './codec.js';
import { file_symbolon_options_v1_options, personal } from './gen/options.js';

type Field = Readonly<{ name: string; type?: Type; typeName?: string; repeated?: boolean; personal?: boolean }>;

/** A file with these messages, as buf would compile it. */
function fileOf(messages: Readonly<Record<string, readonly Field[]>>): DescFile {
  const options = create(FieldOptionsSchema);
  setExtension(options, personal, true);
  const field = ({ name, type = Type.STRING, typeName, repeated, personal: marked }: Field, index: number): Partial<FieldDescriptorProto> & { name: string } => ({
    name,
    jsonName: name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase()),
    number: index + 1,
    label: repeated ? Label.REPEATED : Label.OPTIONAL,
    type: typeName === undefined ? type : Type.MESSAGE,
    typeName: typeName === undefined ? '' : `.sample.${typeName}`,
    options: marked ? options : undefined,
  });
  const messageType = Object.entries(messages).map(([name, fields]) => ({ name, field: fields.map(field) }));
  const proto = create(FileDescriptorProtoSchema, { name: 'sample/events.proto', package: 'sample', syntax: 'proto3', dependency: [file_symbolon_options_v1_options.proto.name], messageType } as never);
  const file = createFileRegistry(proto, (name) => (name === file_symbolon_options_v1_options.proto.name ? file_symbolon_options_v1_options : undefined)).getFile('sample/events.proto');
  if (file === undefined) throw new TypeError('no such file');
  return file;
}

const file = fileOf({
  GuestsInvited: [
    { name: 'host', typeName: 'Person' },
    { name: 'guests', typeName: 'Person', repeated: true },
    { name: 'nick_names', repeated: true, personal: true },
    { name: 'door_photo', type: Type.BYTES, personal: true },
    { name: 'place' },
  ],
  NickNamesGiven: [{ name: 'nick_names', repeated: true, personal: true }],
  Person: [{ name: 'full_name', personal: true }, { name: 'plus_one', typeName: 'Person' }, { name: 'vegetarian', type: Type.BOOL }],
});

const metadata: Metadata = { at: '2026-11-23T20:00:00.000Z', subject: 'ada', actor: 'ada', correlation: 'c1', causation: 'c1' };
const photo = Uint8Array.of(0, 255, 128, 10, 97);
const person = (fullName: string, plusOne?: object) => ({ fullName, vegetarian: true, ...(plusOne && { plusOne }) });
const invited = {
  type: 'GuestsInvited',
  data: { host: person('Ada', person('Bob')), guests: [person('Cid'), person('Dan', person('Eve'))], nickNames: ['Zo', 'Yo'], doorPhoto: photo, place: 'Bern' },
};
const stored = (event: NewEvent): Recorded => ({ ...event, stream: 'party-1', revision: 0n, position: '1' });

describe('personal fields', () => {
  const vault = memoryVault();
  const events = codec({ files: [file], vault });

  it('are sealed and opened at any depth, in lists, and as bytes', async () => {
    const encoded = await events.encode('e1', invited, metadata);
    const text = Buffer.from(encoded.data).toString('utf8');
    for (const name of ['Ada', 'Bob', 'Cid', 'Dan', 'Eve', 'Zo', 'Yo', Buffer.from(photo).toString('base64')]) expect(text).not.toContain(`"${name}"`);
    expect(text.match(/"s1\./g)).toHaveLength(8);
    expect(text).toContain('"place":"Bern"');
    expect((await events.open(stored(encoded)))?.event).toEqual(invited);
  });

  it('in bytes stay sealed for projections, as the bytes of the sealed text', async () => {
    const data = events.sealed(stored(await events.encode('e1', invited, metadata)))?.event.data as typeof invited.data;
    expect(await vault.open(data.host.fullName, 'ada')).toBe('Ada');
    expect(await vault.open(Buffer.from(data.doorPhoto).toString('utf8'), 'ada')).toBe(Buffer.from(photo).toString('base64'));
  });

  it('in a list cannot change places', async () => {
    const encoded = await events.encode('e1', invited, metadata);
    const json = JSON.parse(Buffer.from(encoded.data).toString()) as { nickNames: string[] };
    json.nickNames.reverse();
    await expect(events.open(stored({ ...encoded, data: Buffer.from(JSON.stringify(json)) }))).rejects.toMatchObject({ name: 'Unsealable' });
  });

  it("are sealed in a copy: the caller's data stay as they were", async () => {
    const given = { type: 'NickNamesGiven', data: { nickNames: ['Zo', 'Yo'] } };
    const encoded = await events.encode('e1', given, metadata);
    expect(given.data.nickNames).toEqual(['Zo', 'Yo']);
    expect(Buffer.from(encoded.data).toString()).not.toContain('"Zo"');
    expect((await events.open(stored(encoded)))?.event).toEqual(given);
  });

  it('are all FORGOTTEN with the key, and can be written again as such', async () => {
    const mine = memoryVault();
    const forgetting = codec({ files: [file], vault: mine });
    const recorded = stored(await forgetting.encode('e1', invited, metadata));
    await mine.forget('ada');
    const event = (await forgetting.open(recorded))?.event;
    const data = event?.data as typeof invited.data;
    expect([data.host.fullName, data.nickNames, Buffer.from(data.doorPhoto).toString(), data.place]).toEqual([FORGOTTEN, [FORGOTTEN, FORGOTTEN], FORGOTTEN, 'Bern']);
    if (event === undefined) throw new TypeError('not opened');
    expect((await forgetting.open(stored(await forgetting.encode('e2', event, metadata))))?.event).toEqual(event);
  });

  it('of an event without a subject are refused, however deep they lie', async () => {
    const none = { type: 'GuestsInvited', data: { place: 'Bern' } };
    await expect(events.encode('e1', none, { ...metadata, subject: undefined })).rejects.toMatchObject({ rule: 'events/no_subject' });
  });

  it('must be string or bytes: another mark is refused before anything is stored', () => {
    const wrong = fileOf({ Weighed: [{ name: 'inner', typeName: 'Inner' }], Inner: [{ name: 'grams', type: Type.INT32, personal: true }] });
    expect(() => catalog([wrong])).toThrow('sample.Inner.grams is marked as personal');
  });
});
