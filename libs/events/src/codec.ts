import type { DescFile, JsonObject } from '@bufbuild/protobuf';
import { Invalid, NO_STREAM, type Codec, type Delivered, type DomainEvent, type Envelope, type Metadata, type Recorded, type StreamName } from '@symbolon/event-sourcing';
import type { Vault } from '@symbolon/vault';
import { catalog, type Catalog, type EventKind } from './catalog.js';
import { fromEventJson, parseObject, toEventJson } from './event-json.js';
import { decodeMetadata, encodeMetadata } from './metadata.js';
import { openSlots, sealSlots, showSealed, type Owner } from './sealing.js';

/** An event of an older type → the newer one that says the same. Pure; keyed by the older proto full name. */
export type Upcasters = Readonly<Record<string, (event: DomainEvent) => DomainEvent>>;

export type CodecOptions = Readonly<{ files: readonly DescFile[]; vault: Vault; upcasters?: Upcasters }>;

/** Events as proto3 JSON bytes, personal fields sealed: for a store with a service's private files, for a bus with public ones. */
export function codec<E extends DomainEvent = DomainEvent>({ files, vault, upcasters = {} }: CodecOptions): Codec<E> {
  const events = catalog(files);
  return {
    async encode(id, event, metadata) {
      const kind = events.named(event.type);
      const json = toEventJson(kind.schema, event.data);
      const encoded = encodeMetadata(metadata);
      if (kind.personal) await sealSlots(vault, kind, json, owner(id, kind, metadata));
      return { id, type: kind.fullType, metadata: encoded, data: Buffer.from(JSON.stringify(json), 'utf8') };
    },
    async open(recorded) {
      const read = readFrom(events, recorded);
      if (read?.kind.personal) await openSlots(vault, read.kind, read.json, owner(recorded.id, read.kind, read.metadata));
      return read && envelope<E>(recorded, read, upcasters);
    },
    sealed(recorded) {
      const read = readFrom(events, recorded);
      if (read?.kind.personal) showSealed(read.kind, read.json);
      return read && envelope<E>(recorded, read, upcasters);
    },
  };
}

type Read = Readonly<{ kind: EventKind; json: JsonObject; metadata: Metadata }>;

function readFrom(events: Catalog, { type, data, metadata }: Recorded | Delivered): Read | undefined {
  const kind = events.known(type);
  return kind && { kind, json: parseObject(data, type), metadata: decodeMetadata(metadata) };
}

function envelope<E extends DomainEvent>(recorded: Recorded | Delivered, { kind, json, metadata }: Read, upcasters: Upcasters): Envelope<E> {
  const event = { type: kind.type, data: fromEventJson(kind.schema, json) };
  const upcast = upcasters[kind.fullType];
  const { id, position } = recorded;
  return { id, fullType: kind.fullType, ...placeOf(recorded), position, metadata, event: (upcast === undefined ? event : upcast(event)) as E };
}

function owner(event: string, { fullType }: EventKind, { subject }: Metadata): Owner {
  if (subject === undefined || subject === '') throw new Invalid('events/no_subject', `${fullType} holds personal fields, so its metadata must name a subject.`);
  return { event, type: fullType, subject };
}

/** A message of the bus has no revision; the stream it belongs to there is its key. */
function placeOf(recorded: Recorded | Delivered): Pick<Envelope, 'stream' | 'revision' | 'sequence'> {
  if ('sequence' in recorded) return { stream: recorded.key as StreamName, revision: NO_STREAM, sequence: recorded.sequence };
  return { stream: recorded.stream, revision: recorded.revision, sequence: recorded.position };
}
