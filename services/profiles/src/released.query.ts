import type { Database } from '@symbolon/postgres';
import type { CallerIdentity } from '@symbolon/web';
import type { AttributeName } from './attributes.policy.js';
import { isReleased, seesAll } from './released.policy.js';
import type { PurposeOf } from './released.policy.js';

type Client = Readonly<{ purposes: string[]; staff: boolean }>;

/** Consent counts only while its follower is known to be alive: nothing heard for a minute, and nothing rests on it (as where claims are released). */
const PURPOSES = `
  select p.purpose, p.claims, p.basis <> 'consent' or (coalesce(c.text_version = p.text_version, false)
    and exists (select 1 from profiles.followers f where f.subscription = 'profiles.consents.v1' and es.held_until(f.owner, f.leased_until) > clock_timestamp() - interval '56 s')) as live
  from profiles.purposes_v1 p left join profiles.consents_v1 c on c.purpose = p.purpose and c.subject = $1`;

/** Which attributes of this person the caller may be told now. An application that we have not heard of (yet) is told nothing. */
export async function toldTo(database: Database, caller: CallerIdentity, subject: string): Promise<(attribute: AttributeName) => boolean> {
  const [client] = (await database.query<Client>('select purposes, staff from profiles.clients_v1 where client_id = $1', [caller.client])).rows;
  if (seesAll(caller, client?.staff ?? false)) return () => true;
  const { rows } = await database.query<PurposeOf>(PURPOSES, [subject]);
  return (attribute) => isReleased(attribute, client?.purposes ?? [], rows);
}
