import type { Database } from '@symbolon/postgres';

/** A purpose as one person has it. */
export type StatusRow = Readonly<{ purpose: string; basis: string; claims: string[]; textVersion: number; title: string; text: string; granted: boolean; grantedVersion: number | null; since: Date | null }>;
export type PurposeRow = Readonly<{ purpose: string; basis: string; claims: string[]; textVersion: number; title: string; text: string }>;
export type AuthorizationRow = Readonly<{ clientId: string; scopes: string[]; resources: Readonly<Record<string, readonly string[]>>; since: Date }>;

const PURPOSE = 'p.purpose, p.basis, p.claims, p.text_version as "textVersion", p.title, p.text';

/** Purposes in force. */
export const allPurposes = async (database: Database): Promise<readonly PurposeRow[]> => (await database.query<PurposeRow>(`select ${PURPOSE} from consent.purposes_v1 p order by p.purpose`)).rows;

/** Every purpose in force, with what this person agreed to; `granted` only for the text in force. */
export const statusesOf = async (database: Database, subject: string): Promise<readonly StatusRow[]> =>
  (
    await database.query<StatusRow>(
      `select ${PURPOSE}, coalesce(s.text_version = p.text_version, false) as granted, s.text_version as "grantedVersion", s.since
       from consent.purposes_v1 p left join consent.statuses_v1 s on s.purpose = p.purpose and s.subject = $1 order by p.purpose`,
      [subject],
    )
  ).rows;

/** What this person allowed applications. */
export const authorizationsOf = async (database: Database, subject: string): Promise<readonly AuthorizationRow[]> =>
  (await database.query<AuthorizationRow>('select client_id as "clientId", scopes, resources, since from consent.authorizations_v1 where subject = $1 order by since desc', [subject])).rows;
