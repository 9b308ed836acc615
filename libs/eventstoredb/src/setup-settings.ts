/** What the server says about itself: `/info`, and `/info/options` as names and values. */
export type About = Readonly<{ version: string; isInsecure: boolean; options: ReadonlyMap<string, string> }>;

const LEAST_APPEND = 1_048_576;
const SEEN = '24.6';

/** Year and month of a version, and its patch: `[24, 6, 0]`; undefined for what is no version. */
const parts = (version: string): [number, number, number] | undefined => {
  const [, year, month, patch = '0'] = /^(\d+)\.(\d+)(?:\.(\d+))?/.exec(version) ?? [];
  return year === undefined || month === undefined ? undefined : [Number(year), Number(month), Number(patch)];
};

/** Why Symbolon should not use a server of this version, as a sentence; undefined when it may. */
export function versionRefused(version: string): string | undefined {
  const [year, month] = parts(version) ?? [];
  if (year === undefined || month === undefined) return `The server says that its version is ${JSON.stringify(version.slice(0, 40))}, which is no version of EventStoreDB.`;
  if (year < 22 || (year === 22 && month < 10)) return `The server is EventStoreDB ${version}. Symbolon asks for 22.10 or later, for older lines get no repairs any more. Upgrade it (24.6 is the version that was tried).`;
  return undefined;
}

function aboutVersion(version: string): string[] {
  const [year, month, patch] = parts(version)!;
  if (year >= 25) return [`The server is version ${version} (KurrentDB). Symbolon and its client (@eventstore/db-client 6) were not tried with 25 or later; use ${SEEN}, or try it with a copy first.`];
  const leaks = (year === 22 && month === 10 && patch < 5) || (year === 23 && month === 6) || (year === 23 && month === 10 && patch < 1);
  return [
    ...(leaks ? [`EventStoreDB ${version} has a known hole through which projections show passwords (CVE-2024-26133). Upgrade it: 22.10.5, 23.10.1 and ${SEEN} are without.`] : []),
    ...(version.startsWith(`${SEEN}.`) ? [] : [`The server is version ${version}; ${SEEN} is the version that was tried.`]),
  ];
}

/** Settings that are no good for an event log of identities, each with what to do about it. */
export function aboutServer({ version, isInsecure, options }: About): string[] {
  const on = (name: string): boolean => options.get(name)?.toLowerCase() === 'true';
  const append = Number(options.get('MaxAppendSize') ?? LEAST_APPEND);
  const projections = options.get('RunProjections') ?? 'None';
  const found: [boolean, string][] = [
    [isInsecure, 'The server is insecure: whoever reaches it may read and write everything, unencrypted. Give it a certificate and start it without Insecure before real people are in it.'],
    [on('MemDb'), 'The server keeps everything in memory (MemDb): nothing survives a restart. Start it with a Db folder.'],
    [on('Dev'), 'The server runs in development mode (Dev). Start it without.'],
    [on('UnsafeDisableFlushToDisk'), 'UnsafeDisableFlushToDisk is on: a power cut loses events that were acknowledged. Turn it off.'],
    [on('UnsafeIgnoreHardDelete'), 'UnsafeIgnoreHardDelete is on: streams that were deleted for good may come back. Turn it off.'],
    [on('UnsafeAllowSurplusNodes'), 'UnsafeAllowSurplusNodes is on: a surplus node that becomes leader loses events. Turn it off.'],
    [append < LEAST_APPEND, `MaxAppendSize is ${append}: Symbolon appends up to ${LEAST_APPEND} bytes at once. Raise it to ${LEAST_APPEND}.`],
    [projections.toLowerCase() !== 'none' || on('StartStandardProjections'), `Projections run (RunProjections=${projections}). Symbolon does not need them; the system projections write several records for each event and cost a third of the appends. Set RunProjections=None unless somebody else needs them.`],
    [!isInsecure && on('AllowAnonymousStreamAccess'), 'AllowAnonymousStreamAccess is on: the rights of streams alone keep out who has no password. Turn it off.'],
    [!isInsecure && on('AllowAnonymousEndpointAccess'), 'AllowAnonymousEndpointAccess is on: statistics and settings lie open to who has no password. Turn it off.'],
    [on('EnableAtomPubOverHttp'), 'EnableAtomPubOverHttp is on: a second way to the events that Symbolon does not need. Turn it off unless somebody else needs it.'],
    [options.size === 0, 'The server does not show its settings, so they were not checked.'],
  ];
  return [...aboutVersion(version), ...found.flatMap(([isSo, sentence]) => (isSo ? [sentence] : []))];
}
