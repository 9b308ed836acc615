/** Why the database does not do what it is asked: in a few words while it runs, and as a sentence with the way out where it keeps us from starting. */
export type Cause = Readonly<{ rule: string; now: string; start(where: string): string }>;

type Known = Cause & Readonly<{ codes?: RegExp; words?: RegExp }>;

/** The first that fits counts. */
const KNOWN: readonly Known[] = [
  {
    rule: 'disk_full',
    codes: /^53100$|^ENOSPC$/,
    words: /no space left on device/i,
    now: 'the disk of the database is full',
    start: (where) => `The disk of the database ${where} is full. Free some space there, and start again.`,
  },
  {
    rule: 'read_only',
    codes: /^25006$/,
    now: 'the database is read-only',
    start: (where) => `The database ${where} is read-only: it is a standby, or default_transaction_read_only is on. Name the primary in DATABASE_URL, or make it writable, and start again.`,
  },
  {
    rule: 'password',
    codes: /^28P01$/,
    words: /password must be a (?:non-empty )?string|SASL/,
    now: 'the database refuses the password',
    start: (where) => `The database ${where} refuses the user or the password. Mend them in DATABASE_URL, and start again.`,
  },
  {
    rule: 'tls_required',
    codes: /^28000$/,
    words: /no encryption|SSL off/,
    now: 'the database takes encrypted connections only',
    start: (where) => `The database ${where} takes encrypted connections only. Add ?sslmode=require to DATABASE_URL (sslrootcert=… names its authority), and start again.`,
  },
  {
    rule: 'not_allowed',
    codes: /^28000$/,
    now: 'the database does not let this user in',
    start: (where) => `The database ${where} does not let this user in from here. Mend the user in DATABASE_URL or the server's pg_hba.conf, and start again.`,
  },
  {
    rule: 'no_database',
    codes: /^3D000$/,
    now: 'the database is missing',
    start: (where) => `The server ${where} has no database of that name. Make it (create database … encoding 'UTF8' template template0), or mend DATABASE_URL, and start again.`,
  },
  {
    rule: 'tls_refused',
    words: /server does not support SSL|SSL connections/i,
    now: 'the database takes no encrypted connections',
    start: (where) => `The database ${where} takes no encrypted connections. Turn ssl on there, or remove sslmode from DATABASE_URL if the network is trusted, and start again.`,
  },
  {
    rule: 'tls_untrusted',
    codes: /CERT|UNABLE_TO_VERIFY|UNABLE_TO_GET_ISSUER/,
    now: 'the certificate of the database is not trusted',
    start: (where) => `The certificate of the database ${where} is not trusted. Name its authority with sslrootcert=… in DATABASE_URL, or give the server a certificate for this host, and start again.`,
  },
  {
    rule: 'pooler',
    codes: /^08P01$/,
    words: /startup parameter/i,
    now: 'the pooler before the database does not take our settings',
    start: POOLER,
  },
  {
    rule: 'connections',
    codes: /^53300$/,
    now: 'the database takes no more connections',
    start: (where) => `The database ${where} takes no more connections. Raise max_connections there, or end what else is connected, and start again.`,
  },
  { rule: 'busy', codes: /^57014$|^25P0[34]$/, now: 'the database is too slow: a statement came to no end in time', start: silent },
  { rule: 'stopping', codes: /^57P0[12]$/, now: 'the database is shutting down', start: silent },
  { rule: 'starting', codes: /^57P03$/, now: 'the database is starting up', start: (where) => `The database ${where} is still starting up. Start again when it takes connections.` },
  { rule: 'storage', codes: /^58...$/, now: 'the database cannot read or write its files', start: (where) => `The database ${where} cannot read or write its files; its own log says which. Mend that, and start again.` },
];

/** What a pooler that gives each transaction another connection breaks, and the way out. */
export function POOLER(where: string): string {
  return `The address ${where} leads to a pooler that gives each transaction another connection (PgBouncer's pool_mode = transaction); locks, notifications, prepared statements and settings of a connection do not survive that. Use the address of the server itself, or a pooler in session mode, and start again.`;
}

function silent(where: string): string {
  return `The database ${where} does not answer. Start it, or mend DATABASE_URL, and start again.`;
}

const AWAY: Cause = { rule: 'away', now: 'the database does not answer', start: silent };

/** The cause of an error of the database, looked for along its causes; one that is not known is that it does not answer. */
export function causeOf(error: unknown): Cause {
  for (let at = error as Partial<Error & { code: unknown }> | undefined; typeof at === 'object' && at !== null; at = at.cause as typeof at) {
    const [code, message] = [String(at.code ?? ''), String(at.message ?? '')];
    // where a rule names both, codes say which errors are meant and words which of them
    const found = KNOWN.find(({ codes, words, rule }) => (rule === 'tls_required' ? codes!.test(code) && words!.test(message) : (codes?.test(code) ?? false) || (words?.test(message) ?? false)));
    if (found) return found;
  }
  return AWAY;
}
