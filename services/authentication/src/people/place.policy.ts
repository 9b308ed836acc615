/** Where a page of accounts ended: its last one. */
export type Place = Readonly<{ registeredAt: string; id: string }>;

const PLACE = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)~([\da-f-]{36})$/;

/** A place as text that callers keep and send back; it holds nothing that they have not seen. */
export const cursorOf = ({ registeredAt, id }: Place): string => Buffer.from(`${registeredAt}~${id}`).toString('base64url');

/** Undefined: not one of ours. */
export function placeOf(cursor: string): Place | undefined {
  const [, registeredAt, id] = PLACE.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  return registeredAt === undefined || id === undefined || Number.isNaN(Date.parse(registeredAt)) ? undefined : { registeredAt, id };
}
