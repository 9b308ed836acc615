import { randomBytes } from 'node:crypto';
import { Invalid, isUnavailable } from '@symbolon/event-sourcing';
import { parseAddress } from './address.js';
import type { Address } from './address.js';
import { Connection } from './connection.js';
import { document, foreignStream, replace, SETTINGS, WHOLE_LOG } from './setup-documents.js';
import { Administration } from './setup-http.js';
import type { User } from './setup-http.js';
import { systemStreams, userStreams, wholeLog } from './setup-rights.js';
import type { Acl } from './setup-rights.js';
import { aboutServer, versionRefused } from './setup-settings.js';
import { rightsOf } from './setup-tries.js';
import { anybody, tryAll } from './setup-verdict.js';

const PATIENCE = 10_000;
const SOON = 30;
/** What the server gives its own users, unless it was told otherwise. */
const DEFAULT_PASSWORD = 'changeit';

/** `admin`: the address with an administrator. `user`: who Symbolon shall be. `inUse`: the address that Symbolon has now, if any: its password lets a user be tried who is there already. */
export type SetupOptions = Readonly<{ admin: string; user: string; newPassword: boolean; takeOver: boolean; inUse: string | undefined }>;
/** Says what is done when it takes long. */
export type Step = <T>(title: string, work: () => Promise<T>) => Promise<T>;
/** Sentences. `lacks`: what should be mended. `address`: with the user's password; undefined when only those know it who have it already. */
export type SetUp = Readonly<{ where: string; version: string; isInsecure: boolean; lacks: readonly string[]; changed: readonly string[]; tried: readonly string[]; address: string | undefined }>;

type Work = Readonly<{ options: SetupOptions; address: Address; administration: Administration; connection: Connection; step: Step }>;

const failed = (sentence: string): Invalid => new Invalid('store/setup', sentence);

/** Gives Symbolon a user with the least rights that it needs, checks version and settings, and tries what that user, nobody and somebody else may do. Repeatable. Throws `Invalid` with a sentence. */
export async function setUpEventStoreDB(options: SetupOptions, step: Step): Promise<SetUp> {
  const address = parseAddress(options.admin);
  if (!/^[a-z][a-z0-9-]{0,31}$/.test(options.user) || /^(admin|ops)$/.test(options.user)) throw failed('The user for Symbolon is a name of lower-case letters, digits and hyphens, and neither admin nor ops. Example: --user symbolon');
  if (address.tls && address.credentials.username === options.user) throw failed(`The address names ${options.user}, which is the user to be set up. Give the address with an administrator.`);
  const connection = new Connection(address, PATIENCE);
  try {
    return await setUp({ options, address, administration: new Administration(address), connection, step });
  } catch (error) {
    throw isUnavailable(error) ? failed(`The server at ${address.label} stopped answering, or is not ready yet. Run this command again: it goes on where it stopped.`) : error;
  } finally {
    await connection.close();
  }
}

async function setUp(work: Work): Promise<SetUp> {
  const { options, address, administration, step } = work;
  const about = await step('Asking the server for its settings', () => administration.about());
  const refused = versionRefused(about.version);
  if (refused) throw failed(refused);
  const settings = [...aboutServer(about), ...aboutNodes(address), ...aboutCertificate(about.certificateDays)];
  const done = { where: address.label, version: about.version, isInsecure: about.isInsecure };
  if (about.isInsecure) {
    const tried = await step('Trying to append, read and follow', () => rightsOf(address, 'nobody'));
    return { ...done, lacks: settings, changed: [], tried: [anybody(tried)], address: addressOf(options.admin, undefined) };
  }
  const users = await administration.users();
  const rights = await step('Setting the rights', () => setRights(work));
  const user = await step('Setting up the user', () => setUser(work, users));
  const changed = [...rights.changed, ...user.changed];
  const tried = await step('Trying who may do what', () => tryAll({ address, administration, user: options.user, password: user.password, isNew: user.isNew, users, hasChanged: changed.length > 0 }));
  const lacks = [...settings, ...(await defaultPasswords(work, users)), ...rights.kept, ...othersInGroup(users, options.user)];
  return { ...done, lacks, changed, tried, address: user.isNew ? addressOf(options.admin, { username: options.user, password: user.password! }) : undefined };
}

async function setRights({ options, connection }: Work): Promise<Readonly<{ changed: string[]; kept: string[] }>> {
  const [settings, log] = [await document(connection, SETTINGS), await document(connection, WHOLE_LOG)];
  const streams = userStreams(settings.content['$userStreamAcl'] as Acl | undefined, options.user);
  const whole = wholeLog(log.content['$acl'] as Acl | undefined, options.user);
  const foreign = streams.opened && !options.takeOver ? await foreignStream(connection) : undefined;
  if (foreign)
    throw failed(`The server holds events of other programs (such as the stream ${foreign}), and everybody may read and write them. Symbolon's rights would end that. Give Symbolon a server of its own; or run this command with --take-over, and give those streams rights of their own. Nothing was changed.`);
  if (streams.changed.length > 0) await replace(connection, settings, { $userStreamAcl: streams.acl });
  if (whole.changed.length > 0) await replace(connection, log, { $acl: whole.acl });
  return { changed: [...streams.changed, ...whole.changed], kept: [...streams.kept, ...whole.kept, ...systemStreams(settings.content['$systemStreamAcl'] as Acl | undefined)] };
}

type Set = Readonly<{ changed: string[]; isNew: boolean; password: string | undefined }>;

/** `password`: undefined when it is known neither here nor in the environment. */
async function setUser({ options, administration }: Work, users: readonly User[]): Promise<Set> {
  const { user, newPassword } = options;
  const fresh = randomBytes(32).toString('base64url');
  const there = users.find(({ loginName }) => loginName === user);
  if (!there) {
    await administration.create(user, [user], fresh);
    return { changed: [`the user ${user} was made, in a group of its own`], isNew: true, password: fresh };
  }
  const changed: string[] = [];
  if (there.groups.length !== 1 || there.groups[0] !== user) {
    await administration.regroup(user, [user]);
    changed.push(`the user ${user} is in the group ${user} alone (before: ${there.groups.join(' and ') || 'in none'})`);
  }
  if (there.disabled) {
    await administration.enable(user);
    changed.push(`the user ${user} is enabled`);
  }
  if (!newPassword) return { changed, isNew: false, password: passwordInUse(options) };
  await administration.resetPassword(user, fresh);
  return { changed: [...changed, `the user ${user} has a new password; the old one is refused from now on`], isNew: true, password: fresh };
}

function passwordInUse({ inUse, user }: SetupOptions): string | undefined {
  if (!inUse?.startsWith('esdb')) return undefined;
  const { credentials } = parseAddress(inUse);
  return credentials.username === user ? credentials.password : undefined;
}

async function defaultPasswords({ address, administration }: Work, users: readonly User[]): Promise<string[]> {
  const hasDefault = async (username: string): Promise<boolean> =>
    users.some(({ loginName, disabled }) => loginName === username && !disabled) && (address.credentials.username === username ? address.credentials.password === DEFAULT_PASSWORD : administration.accepts({ username, password: DEFAULT_PASSWORD }));
  const lacks: string[] = [];
  for (const username of ['admin', 'ops']) if (await hasDefault(username)) lacks.push(`The user ${username} has the password that every new server gives it. Give it another, or start new servers with Default${username === 'ops' ? 'Ops' : 'Admin'}Password.`);
  return lacks;
}

const aboutNodes = ({ hosts, discover }: Address): string[] => (hosts.length > 1 || discover ? [`Only ${hosts[0]!.address} was asked for its settings; look at those of the other nodes too. Symbolon was not tried with a cluster.`] : []);

const aboutCertificate = (days: number | undefined): string[] => (days !== undefined && days < SOON ? [`The certificate of the server ends in ${days} days. Renew it, and give clients the authority's file if that changes.`] : []);

const othersInGroup = (users: readonly User[], user: string): string[] =>
  users.flatMap(({ loginName, groups }) => (loginName !== user && groups.includes(user) ? [`The user ${loginName} is in the group ${user} and may do what Symbolon may. Take it out.`] : []));

/** The administrator's address with another user; nothing else in it changes. */
const addressOf = (admin: string, credentials: Address['credentials'] | undefined): string => admin.replace(/\/\/(?:[^@/?]*@)?/, `//${credentials ? `${credentials.username}:${credentials.password}@` : ''}`);
