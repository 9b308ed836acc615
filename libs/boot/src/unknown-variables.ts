/** A variable of ours that nobody reads, and the one that was most likely meant. */
export type UnknownVariable = Readonly<{ name: string; nearest: string }>;

/** For the supervisor of `npm start`, for tests and for the tools of the clone, which start the product too. */
const NOT_SETTINGS = /^SYMBOLON_(TEST_|(SUPERVISED|CONFORMANCE|MUTANTS_AT_ONCE|PROTO_BASE)$)/;

/** Kubernetes tells every container about the services of its namespace in variables named after them (`SYMBOLON_CONSENT_SERVICE_HOST`, `…_PORT=tcp://…`): those are nobody's mistake. */
const isServiceLink = (name: string, value: string): boolean => /_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$|_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(name) || (name.endsWith('_PORT') && /^(tcp|udp|sctp):\/\//.test(value));

/** How many letters have to be added, left out, replaced or swapped with their neighbour (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= a.length; row += 1) {
    const [above, here] = [rows[row - 1]!, [row]];
    for (let column = 1; column <= b.length; column += 1) {
      const cost = a[row - 1] === b[column - 1] ? 0 : 1;
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1] ? rows[row - 2]![column - 2]! + 1 : Infinity;
      here.push(Math.min(above[column]! + 1, here[column - 1]! + 1, above[column - 1]! + cost, swapped));
    }
    rows.push(here);
  }
  return rows[a.length]![b.length]!;
}

const own = (name: string): string => name.replace(/^SYMBOLON_/, '');

/** The prefix counts for nothing: with or without it, the same thing was meant. */
const nearestTo = (name: string, known: readonly string[]): string => known.reduce((best, one) => (distance(own(name), own(one)) < distance(own(name), own(best)) ? one : best));

/** Most likely typing errors. A wrong name that is passed over is a setting that silently does not hold. */
export function unknownVariables(environment: NodeJS.ProcessEnv, known: readonly string[]): readonly UnknownVariable[] {
  const unknown = Object.entries(environment).filter(([name, value = '']) => name.startsWith('SYMBOLON_') && !known.includes(name) && !NOT_SETTINGS.test(name) && !isServiceLink(name, value));
  return unknown.map(([name]) => ({ name, nearest: nearestTo(name, known) }));
}
