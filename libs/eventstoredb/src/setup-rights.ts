/** Who may do what, as the server keeps it: `$r` read, `$w` write, `$d` delete, `$mr` and `$mw` metadata. */
export type Acl = Readonly<Partial<Record<Action, string | readonly string[]>>>;
type Action = '$r' | '$w' | '$d' | '$mr' | '$mw';
type Wanted = Partial<Record<Action, readonly string[]>>;

const EVERYBODY = '$all';
const ADMINS = '$admins';
const NAMES: Readonly<Record<Action, string>> = { $r: 'read', $w: 'write', $d: 'delete', $mr: 'read the metadata of', $mw: 'write the metadata of' };

/** `acl`: as it shall be. `changed`: sentences, none when it is so already. `opened`: it was open to everybody. `kept`: rights of others that stay. */
export type Amended = Readonly<{ acl: Acl; changed: readonly string[]; opened: boolean; kept: readonly string[] }>;

/** Streams without rights of their own: the group reads and writes, administrators alone delete them and set their rights. An action that is not named is everybody's. */
export const userStreams = (acl: Acl | undefined, group: string): Amended =>
  amended('user streams', acl, group, { absent: EVERYBODY, wanted: { $r: [group, ADMINS], $w: [group, ADMINS], $d: [ADMINS], $mr: [group, ADMINS], $mw: [ADMINS] } });

/** The log as a whole: followers read it. What is not named is the administrators' already. */
export const wholeLog = (acl: Acl | undefined, group: string): Amended => amended('the whole log', acl, group, { absent: ADMINS, wanted: { $r: [group, ADMINS] } });

/** Who but administrators has rights on the server's own streams. */
export const systemStreams = (acl: Acl | undefined): string[] =>
  others(acl, []).map(([action, roles]) => `${shown(roles)} may ${NAMES[action]} the server's own streams ($systemStreamAcl in $settings). Symbolon does not need that: take it away.`);

function amended(what: string, acl: Acl | undefined, group: string, { absent, wanted }: Readonly<{ absent: string; wanted: Wanted }>): Amended {
  const changed: string[] = [];
  const next: Record<string, unknown> = { ...acl };
  let opened = false;
  for (const [action, roles] of Object.entries(wanted) as [Action, readonly string[]][]) {
    const had = listed(acl?.[action]) ?? [absent];
    const kept = had.filter((role) => role !== EVERYBODY && role !== group && !roles.includes(role));
    const shall = [...roles, ...kept];
    opened ||= had.includes(EVERYBODY);
    if (isSame(had, shall)) continue;
    next[action] = shall;
    changed.push(`${shown(shall)} may ${NAMES[action]} ${what} (before: ${shown(had)})`);
  }
  const kept = others(next as Acl, [group]).map(([action, roles]) => `${shown(roles)} may ${NAMES[action]} ${what}, and so the events of Symbolon. That was set before and was kept; take it away unless it is wanted.`);
  return { acl: next as Acl, changed, opened, kept };
}

const others = (acl: Acl | undefined, ours: readonly string[]): [Action, string[]][] =>
  (Object.keys(NAMES) as Action[]).flatMap((action): [Action, string[]][] => {
    const roles = (listed(acl?.[action]) ?? []).filter((role) => role !== ADMINS && !ours.includes(role));
    return roles.length > 0 ? [[action, roles]] : [];
  });

const listed = (roles: string | readonly string[] | undefined): readonly string[] | undefined => (typeof roles === 'string' ? [roles] : roles);
const isSame = (one: readonly string[], other: readonly string[]): boolean => new Set(one).size === other.length && other.every((role) => one.includes(role));
const shown = (roles: readonly string[]): string => (roles.length === 0 ? 'nobody' : roles.map((role) => (role === EVERYBODY ? 'everybody' : role)).join(' and '));
