import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DescFile, JsonObject } from '@bufbuild/protobuf';
import type { DomainEvent, Envelope, Metadata, Recorded, StreamName } from '@symbolon/event-sourcing';
import { memoryVault, type Vault } from '@symbolon/vault';
import { catalog, type EventKind } from './catalog.js';
import { codec, type Upcasters } from './codec.js';
import { encodeMetadata } from './metadata.js';
import { sealSlots } from './sealing.js';

/** An event as it was stored once, replayed. `data`: as its file says; `opened`: as deciders, reactions and publications get it, `sealed`: as projections do. */
export type GoldenSample<E extends DomainEvent> = Readonly<{ name: string; data: object; recorded: Recorded; opened: Envelope<E>; sealed: Envelope<E> }>;

type Sample = Readonly<{ type: string; id: string; stream: StreamName; revision: string; metadata: Metadata; data: JsonObject }>;

const PROTO = fileURLToPath(new URL('../../../proto/', import.meta.url));

/**
 * Every golden sample beside a proto file, in order of names: `goldenSamples<ConsentEvent>(file_symbolon_consent_v1_events)`.
 * For specs: replay each through every decider and projection that knows its type.
 */
export async function goldenSamples<E extends DomainEvent>(file: DescFile, upcasters?: Upcasters): Promise<readonly GoldenSample<E>[]> {
  const vault = memoryVault();
  const events = catalog([file]);
  const reading = codec<E>({ files: [file], vault, upcasters });
  const folder = join(PROTO, dirname(`${file.name}.proto`), 'samples');
  const names = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.json')).sort() : [];
  return Promise.all(
    names.map(async (name, index) => {
      const sample = JSON.parse(readFileSync(join(folder, name), 'utf8')) as Sample;
      const data = structuredClone(sample.data);
      const recorded = await record(vault, events.named(sample.type), sample, index);
      return { name, data, recorded, opened: known(name, await reading.open(recorded)), sealed: known(name, reading.sealed(recorded)) };
    }),
  );
}

/** As it lay in the store: the sample's own JSON, with fields that a later schema may no longer write. */
async function record(vault: Vault, kind: EventKind, { id, stream, revision, metadata, data }: Sample, index: number): Promise<Recorded> {
  if (kind.personal) await sealSlots(vault, kind, data, { event: id, type: kind.fullType, subject: metadata.subject ?? '' });
  const position = `0001${(index + 1).toString(16).padStart(16, '0')}`;
  return { id, type: kind.fullType, stream, revision: BigInt(revision), position, metadata: encodeMetadata(metadata), data: Buffer.from(JSON.stringify(data), 'utf8') };
}

function known<E extends DomainEvent>(name: string, envelope: Envelope<E> | undefined): Envelope<E> {
  if (envelope === undefined) throw new TypeError(`Golden sample ${name} is of a type that the codec does not know.`);
  return envelope;
}
