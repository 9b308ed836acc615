import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('../..', import.meta.url));
export const PROTO = join(ROOT, 'proto');
const BIN = join(ROOT, 'node_modules', '.bin');

/** Runs buf with our plugins in its path; answers its exit status and everything it printed. */
export function buf(args, { cwd = ROOT } = {}) {
  const command = join(BIN, 'buf');
  if (!existsSync(command)) throw new Error('buf is not installed: run `npm ci` first.');
  const env = { ...process.env, PATH: `${BIN}${delimiter}${process.env.PATH}` };
  const run = spawnSync(command, args, { cwd, env, encoding: 'utf8' });
  if (run.error) throw run.error;
  return { status: run.status ?? 1, output: `${run.stdout}${run.stderr}` };
}

/** Every package that holds events: `{ service, visibility, proto }`, where proto is the path below `proto/`. */
export function eventPackages(proto = PROTO) {
  const root = join(proto, 'symbolon');
  return readdirSync(root)
    .sort()
    .flatMap((service) => [
      { service, visibility: 'private', package: `symbolon.${service}.v1`, folder: `symbolon/${service}/v1` },
      { service, visibility: 'public', package: `symbolon.${service}.public.v1`, folder: `symbolon/${service}/public/v1` },
    ])
    .map((found) => ({ ...found, proto: `${found.folder}/events.proto` }))
    .filter((found) => existsSync(join(proto, found.proto)));
}

// WIRE_JSON alone would let a whole event go: what is stored must stay readable.
const RULES = JSON.stringify({ version: 'v2', breaking: { use: ['WIRE_JSON', 'PACKAGE_MESSAGE_NO_DELETE', 'FIELD_NO_DELETE'] } });

/** What a reader of stored or published events would no longer understand; undefined: nothing. */
export function breaking(proto, before) {
  const run = buf(['breaking', proto, '--against', before, '--config', RULES, '--exclude-imports']);
  if (run.status !== 0) return run.output.trim();
  const [now, then] = [marks(proto), marks(before)];
  const changed = [...then].filter(([field, mark]) => now.has(field) && now.get(field) !== mark);
  if (changed.length > 0) return changed.map(([field, mark]) => `${field} ${mark ? 'lost' : 'got'} its mark as personal: what is stored ${mark ? 'sealed' : 'in clear'} could not be read.`).join('\n');
}

/** Whether each field is marked as personal. */
function marks(input) {
  const run = buf(['build', input, '-o', '-#format=json']);
  if (run.status !== 0) throw new Error(`buf build failed:\n${run.output}`);
  const messages = JSON.parse(run.output).file.flatMap((file) => (file.messageType ?? []).flatMap((message) => nested(file.package, message)));
  return new Map(messages.flatMap(({ name, field }) => field.map((each) => [`${name}.${each.name}`, each.options?.['[symbolon.options.v1.personal]'] === true])));
}

function nested(scope, message) {
  const name = `${scope}.${message.name}`;
  return [{ name, field: message.field ?? [] }, ...(message.nestedType ?? []).flatMap((inner) => nested(name, inner))];
}
