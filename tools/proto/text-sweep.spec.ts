import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createFileRegistry, fromBinary } from '@bufbuild/protobuf';
import type { DescField, DescFile, DescMessage } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { describe, expect, it } from '@jest/globals';
import { codec } from '@symbolon/events';
import { memoryVault } from '@symbolon/vault';
import { buf, PROTO } from './buf.mjs';

/** Every file with events, as it stands in the protos. */
function eventFiles(proto: string): DescFile[] {
  const folder = mkdtempSync(join(tmpdir(), 'symbolon-sweep-'));
  try {
    const image = join(folder, 'image.binpb');
    const { status, output } = buf(['build', proto, '--as-file-descriptor-set', '-o', image]);
    if (status !== 0) throw new Error(output);
    const registry = createFileRegistry(fromBinary(FileDescriptorSetSchema, readFileSync(image)));
    return [...registry.files].filter(({ proto: { package: name } }) => /^symbolon\..*v\d+$/.test(name) && !name.startsWith('symbolon.options'));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A place where a text goes, and the data of an event that has one there. */
type Place = Readonly<{ path: string; with(text: string): object }>;

function* placesIn(message: DescMessage): Generator<Place> {
  for (const field of message.fields)
    for (const { path, with: put } of valuesOf(field)) yield { path: `${message.name}.${path}`, with: (text) => dataOf(field, put(text)) };
}

const dataOf = (field: DescField, value: unknown): object => (field.oneof ? { [field.oneof.localName]: { case: field.localName, value } } : { [field.localName]: value });

/** The values of a field that hold the text. */
function* valuesOf(field: DescField): Generator<Readonly<{ path: string; with(text: string): unknown }>> {
  const list = (value: unknown) => (field.fieldKind === 'list' ? [value] : value);
  if (field.message) {
    for (const { path, with: put } of placesIn(field.message)) yield { path: `${field.name}.${path}`, with: (text) => (field.fieldKind === 'map' ? { key: put(text) } : list(put(text))) };
  } else if (field.fieldKind === 'map') {
    yield { path: `${field.name} (key)`, with: (text) => ({ [text]: 'x' }) };
    yield { path: `${field.name} (value)`, with: (text) => ({ key: text }) };
  } else if (field.scalar === 9) yield { path: field.name, with: list };
}

const BAD: readonly (readonly [string, string])[] = [
  ['NUL', 'a\0b'],
  ['half a character', 'a\ud800'],
  ['a C0 control character', 'a\u0001b'],
  ['a C1 control character', 'a\u0085b'],
  ['DEL', 'a\u007f'],
  ['too long a text', 'x'.repeat(65_537)],
];

const metadata = { at: '2026-11-23T20:00:00.000Z', subject: 'ada', actor: 'ada', correlation: 'c1', causation: 'c1' };
const fixture = fileURLToPath(new URL('./fixtures/text', import.meta.url));
const files = [...eventFiles(PROTO), ...eventFiles(fixture)];
const events = files.flatMap((file) => file.messages.map((message) => ({ file, message, places: [...placesIn(message)] })));

describe('no event holds a text that whoever follows it could not keep', () => {
  it('and the sweep sees every event, and every kind of place', () => {
    expect(files.map(({ proto: { package: name } }) => name)).toEqual(expect.arrayContaining(['symbolon.authentication.v1', 'symbolon.consent.public.v1', 'symbolon.sample.v1']));
    expect(events.find(({ message }) => message.name === 'LetterWritten')!.places.map(({ path }) => path.replace('LetterWritten.', ''))).toEqual([
      'to', 'copies', 'body', 'first.Page.heading', 'first.Page.lines', 'others.Page.heading', 'others.Page.lines', 'headers (key)', 'headers (value)', 'wax',
    ]);
  });

  it.each(events.filter(({ places }) => places.length > 0).map((event) => [event.message.typeName, event] as const))('abuse 102: %s', async (_, { file, message, places }) => {
    const { encode } = codec({ files: [file], vault: memoryVault() });
    for (const { path, with: put } of places) {
      const written = (text: string) => encode('e1', { type: message.name, data: put(text) }, metadata);
      await expect(written('Ann')).resolves.toMatchObject({ type: message.typeName });
      for (const [what, text] of BAD)
        await expect(written(text).then(() => `${path} took ${what}`)).rejects.toMatchObject({ name: 'Invalid', rule: 'events/invalid_field', message: expect.stringContaining(path.split('.').at(-1)!.split(' ')[0]!) });
    }
  });
});

describe('a field that is declared for a text that people read', () => {
  const letter = events.find(({ message }) => message.name === 'LetterWritten')!;
  const write = (data: object) => codec({ files: [letter.file], vault: memoryVault() }).encode('e1', { type: 'LetterWritten', data }, metadata);

  it('takes line feeds and tabs, which others refuse', async () => {
    await expect(write({ body: 'Dear Ann,\n\tso long' })).resolves.toBeDefined();
    await expect(write({ wax: undefined, seal: { case: 'wax', value: 'a\nb' } })).rejects.toMatchObject({ name: 'Invalid' });
  });

  it('has the length that it says', async () => {
    await expect(write({ body: 'x'.repeat(100) })).resolves.toBeDefined();
    await expect(write({ body: 'x'.repeat(101) })).rejects.toThrow('LetterWritten.body is too long');
  });

  it('and bytes have a length too', async () => {
    await expect(write({ scan: new Uint8Array(8_193) })).rejects.toThrow('LetterWritten.scan is too long');
  });
});
