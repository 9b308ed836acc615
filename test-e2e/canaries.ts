import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Client } from 'pg';

/** A value that must lie nowhere in clear, in one of the forms in which it could. */
type Needle = Readonly<{ canary: string; form: string; bytes: Buffer }>;

/** Base64 of a value inside something longer: what of it stays the same whatever comes before (three cases) and after. */
function base64Within(value: Buffer, encoding: 'base64' | 'base64url'): string[] {
  return [0, 1, 2].map((before) => {
    const whole = Buffer.concat([Buffer.alloc(before), value]);
    return whole.toString(encoding).slice(Math.ceil((before * 8) / 6), Math.floor((whole.length * 8) / 6));
  });
}

const percent = (text: string): string => [...Buffer.from(text)].map((byte) => (/[\w.~-]/.test(String.fromCharCode(byte)) ? String.fromCharCode(byte) : `%${byte.toString(16)}`)).join('');

function formsOf(text: string): [string, string][] {
  const bytes = Buffer.from(text);
  return [
    ['plain', text],
    ['hex', bytes.toString('hex')],
    ['hex', bytes.toString('hex').toUpperCase()],
    ...base64Within(bytes, 'base64').map((form): [string, string] => ['base64', form]),
    ...base64Within(bytes, 'base64url').map((form): [string, string] => ['base64', form]),
    ['URL', encodeURIComponent(text)],
    ['URL', percent(text)],
    ['form', new URLSearchParams([['', text]]).toString().slice(1)],
    ['UTF-16', Buffer.from(text, 'utf16le').toString('latin1')],
  ];
}

/** All forms of all values, as they were typed, in lower and in upper case. */
export function needles(canaries: readonly string[]): readonly Needle[] {
  const found = new Map<string, Needle>();
  for (const canary of canaries)
    for (const text of [canary, canary.toLowerCase(), canary.toUpperCase()])
      for (const [form, written] of formsOf(text)) if (!found.has(written)) found.set(written, { canary, form, bytes: Buffer.from(written, 'latin1') });
  return [...found.values()];
}

/** What of the needles lies in these bytes: `<form> of <canary>`. */
export const foundIn = (hay: Buffer, all: readonly Needle[]): string[] => [...new Set(all.filter(({ bytes }) => hay.includes(bytes)).map(({ canary, form }) => `${form} of ${canary}`))];

/** A row as text holds `bytea` as hexadecimal digits: the bytes themselves are looked at, too. */
const withBytes = (row: string): string => `${row}\n${[...row.matchAll(/\\x([0-9a-f]+)/g)].map(([, digits]) => Buffer.from(digits!, 'hex').toString('latin1')).join('\n')}`;

/** Every row of every table of ours. */
export async function* tables(owner: Client): AsyncGenerator<Readonly<{ where: string; hay: Buffer }>> {
  const { rows } = await owner.query<{ name: string }>("select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname not in ('pg_catalog', 'information_schema') order by 1");
  for (const { name } of rows) {
    const content = await owner.query<{ row: string }>(`select t::text as row from ${name} t`);
    yield { where: name, hay: Buffer.from(content.rows.map(({ row }) => withBytes(row)).join('\n')) };
  }
}

/** Every file of the data folder that was written to since: heap, write-ahead log, logs, keys, what was left over. */
export function* files(folder: string, since: number): Generator<Readonly<{ where: string; hay: Buffer }>> {
  for (const entry of readdirSync(folder, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    let hay: Buffer | undefined;
    try {
      if (statSync(path).mtimeMs >= since) hay = readFileSync(path);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error; // the server removed it meanwhile
    }
    if (hay) yield { where: path.slice(folder.length + 1), hay };
  }
}
