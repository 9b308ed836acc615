import { createHash } from 'node:crypto';

/** A name-based UUID (RFC 9562, version 5). `namespace` is a UUID, or any text, which then stands for the UUID of its own name. */
export const uuidv5 = (namespace: string, name: string): string => {
  const bytes = createHash('sha1').update(namespaceBytes(namespace)).update(name).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x50;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
};

/** The id of the `index`-th event that a command leads to: the same command can only ever lead to the same ids. */
export const eventId = (command: string, index: number): string => uuidv5(command, String(index));

/** The id of a public event: derived, so that publishing again publishes the same. */
export const publicEventId = (topic: string, source: string): string => uuidv5(source, topic);

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const NIL = '00000000-0000-0000-0000-000000000000';

const namespaceBytes = (namespace: string): Buffer =>
  Buffer.from((UUID.test(namespace) ? namespace : uuidv5(NIL, namespace)).replaceAll('-', ''), 'hex');

/** Whether a text is a UUID of any version. */
export const isUuid = (text: string): boolean => UUID.test(text);
