import { Invalid } from '@symbolon/event-sourcing';
import type { DescFile, DescMessage } from '@bufbuild/protobuf';
import { holdsPersonal, refuseMisplacedMarks } from './personal-fields.js';

/** One kind of event: its schema and names. */
export type EventKind = Readonly<{ schema: DescMessage; fullType: string; type: string; personal: boolean }>;

/** Name ↔ schema of the events of some files. */
export type Catalog = Readonly<{
  /** By proto full name; undefined: not ours. */
  known(fullType: string): EventKind | undefined;
  /** By short name (or full name). Throws `Invalid` when there is none, or several. */
  named(type: string): EventKind;
  kinds: readonly EventKind[];
}>;

/** Every message directly in one of the files is an event. Throws where a field is marked that cannot be sealed. */
export function catalog(files: readonly DescFile[]): Catalog {
  const kinds = files.flatMap((file) => file.messages.map(kindOf));
  const byFullType = new Map(kinds.map((kind) => [kind.fullType, kind]));
  const byType = new Map(kinds.map(({ type }) => [type, kinds.filter((kind) => kind.type === type)]));
  return {
    kinds,
    known: (fullType) => byFullType.get(fullType),
    named(type) {
      const [kind, another] = byType.get(type) ?? [];
      const found = another === undefined ? (kind ?? byFullType.get(type)) : undefined;
      if (found !== undefined) return found;
      throw new Invalid('events/unknown_type', another === undefined ? `No event is called ${type}.` : `Several events are called ${type}: use the full name.`);
    },
  };
}

function kindOf(schema: DescMessage): EventKind {
  refuseMisplacedMarks(schema);
  return { schema, fullType: schema.typeName, type: schema.name, personal: holdsPersonal(schema) };
}
