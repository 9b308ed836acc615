import type { AttributeName } from './attributes.policy.js';

/** A purpose as one person has it. `live`: it rests on another basis than consent, or on a consent to the text in force. */
export type PurposeOf = Readonly<{ purpose: string; claims: readonly string[]; live: boolean }>;

/** The claim of OpenID Connect (Core section 5.1) that an attribute is. */
const CLAIM: Readonly<Record<AttributeName, string>> = { email: 'email', first_name: 'given_name', last_name: 'family_name', locale: 'locale', birthdate: 'birthdate', phone: 'phone_number' };

/** The rule of claims for our own API: an attribute is told to an application that declared a purpose which covers it and is live. What no purpose covers is told to none. */
export function isReleased(attribute: AttributeName, declared: readonly string[], purposes: readonly PurposeOf[]): boolean {
  return purposes.some(({ purpose, claims, live }) => live && declared.includes(purpose) && claims.includes(CLAIM[attribute]));
}

type Caller = Readonly<{ subject?: string; client: string; roles: readonly string[] }>;

/** The client of our own pages, before which the person themselves sits. */
const OUR_PAGES = 'account';

/** Who sees a whole profile: its owner on our own pages, staff by a role (which only applications that staff marked carry), and a machine that staff marked. */
export const seesAll = ({ subject, client, roles }: Caller, marked: boolean): boolean => client === OUR_PAGES || roles.length > 0 || (subject === undefined && marked);
