import { randomBytes } from 'node:crypto';
import { Invalid } from '@symbolon/event-sourcing';
import type { Address } from './address.js';
import type { Administration, User } from './setup-http.js';
import { rightsOf } from './setup-tries.js';
import type { Rights, Try, Who } from './setup-tries.js';

/** What the user of Symbolon may do, and nothing else. */
const OURS: readonly Try[] = ['append', 'read', 'read the whole log', 'follow the log'];
const CHECKER = 'symbolon-setup-check';

const failed = (sentence: string): Invalid => new Invalid('store/setup', sentence);

/** `password`: undefined when it is not known. `isNew`: it was set a moment ago. */
export type Tryout = Readonly<{ address: Address; administration: Administration; user: string; password: string | undefined; isNew: boolean; users: readonly User[]; hasChanged: boolean }>;

/** Tries what the user, nobody and somebody else may do; a sentence for each. Throws one when that is too much or too little. */
export async function tryAll(tryout: Tryout): Promise<string[]> {
  const { user, password, hasChanged } = tryout;
  return [
    password === undefined
      ? `${user} was there already and was not tried: its password is not known here. Set SYMBOLON_EVENT_STORE_URL to the address that Symbolon uses, or give the user another with --new-password`
      : await tryUser(tryout, { username: user, password }),
    await judged(tryout, 'Somebody without a password', 'nobody', []),
    ...(hasChanged ? [await tryAnother(tryout)] : []),
  ];
}

/** Throws a sentence when the server does not do what Symbolon needs. */
export function anybody(rights: Rights): string {
  const lacking = OURS.filter((each) => !rights[each]);
  if (lacking.length > 0) throw failed(`The server is insecure, and still nobody may ${lacking.join(' or ')}. Look at its log.`);
  return 'Anybody may do everything';
}

async function tryUser(tryout: Tryout, as: Address['credentials']): Promise<string> {
  const { administration, user, isNew } = tryout;
  if (isNew) await administration.settled(as);
  else if (!(await administration.accepts(as))) throw failed(`The server refuses the password of ${user}. Mend SYMBOLON_EVENT_STORE_URL, or run this command with --new-password.`);
  return judged(tryout, user, as, OURS);
}

/** Somebody else is made for the moment, and only when something was changed: a user leaves traces in the server's own streams. */
async function tryAnother(tryout: Tryout): Promise<string> {
  const { administration, users } = tryout;
  const checker = { username: CHECKER, password: randomBytes(32).toString('base64url') };
  if (users.some(({ loginName }) => loginName === CHECKER)) await administration.remove(CHECKER);
  await administration.create(CHECKER, [], checker.password);
  try {
    await administration.settled(checker); // or it would be refused for its password, and not for its rights
    return await judged(tryout, 'Another user', checker, []);
  } finally {
    await administration.remove(CHECKER);
  }
}

async function judged({ address, administration }: Tryout, name: string, who: Who, may: readonly Try[]): Promise<string> {
  const rights = await rightsOf(address, who);
  const tries = Object.keys(rights) as Try[];
  const mayNot = tries.filter((each) => !may.includes(each));
  const [lacking, excess] = [may.filter((each) => !rights[each]), mayNot.filter((each) => rights[each])];
  const rest = 'Look at $settings, at the metadata of $all, and at the authorization settings of the server; then run this command again with --new-password.';
  if (lacking.length > 0) throw failed(`${name} may not ${lacking.join(', and not ')}, although the rights are set. ${rest}`);
  if (excess.length > 0) throw failed(`${name} may ${excess.join(' and ')}, and should not. ${rest}`);
  if (await administration.showsUsers(who)) throw failed(`${name} sees the users of the server, and should not. ${rest}`);
  return may.length === 0 ? `${name} may do nothing of that` : `${name} may ${may.join(', ')}; and may not ${mayNot.join(', ')}`;
}
