import { createHmac } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Command } from 'commander';
import { ACCOUNTS } from './account.js';
import type { Account } from './account.js';
import { api, explain } from './api.js';
import type { Api } from './api.js';
import { creation } from './client-options.js';
import type { Client } from './client-options.js';
import { environmentLines } from './client-view.js';
import { GRANTING } from './client.js';
import { Failure } from './failure.js';
import { installation } from './installation.js';
import type { Installation } from './installation.js';

const FIRST = ['Pebble', 'Thistle', 'Lichen', 'Gravel', 'Tundra', 'Quartz', 'Bracken', 'Nimbus', 'Driftwood', 'Glacier'];
const LAST = ['Teapot', 'Doorbell', 'Wheelbarrow', 'Lampshade', 'Umbrella', 'Bookend', 'Windsock', 'Inkwell', 'Stepladder', 'Haystack'];
const PEOPLE = FIRST.length * LAST.length;
const AT_ONCE = 4;

/** Somebody who does not exist: words that nobody is called, at a domain that nobody receives mail at (RFC 2606). */
export function invented(index: number): Readonly<{ email: string; firstName: string; lastName: string }> {
  const [firstName = '', lastName = ''] = [FIRST[index % FIRST.length], LAST[Math.floor(index / FIRST.length) % LAST.length]];
  return { email: `${firstName}.${lastName}@people.example`.toLowerCase(), firstName, lastName };
}

/** One of each kind that there is to look at: somebody else's, our own, and one that keeps no secret. */
const APPLICATIONS = [
  { name: 'Book Circle', redirectUri: ['http://localhost:4801/callback'] },
  { name: 'Newsroom', redirectUri: ['http://localhost:4802/callback'], firstParty: true },
  { name: 'Trail Map', redirectUri: ['http://localhost:4803/callback'], public: true },
] as const;

/** The same at every run, and another one at every installation. */
export const seedPassword = ({ client_secret }: Pick<Installation, 'client_secret'>): string =>
  createHmac('sha256', client_secret).update('password of the invented people').digest('hex').slice(0, 25).match(/.{5}/g)!.join('-');

/** Asks again while the hashes are busy. */
async function patiently<A>(ask: () => ReturnType<Api['ask']>, expected: readonly number[]): Promise<{ status: number; body: A }> {
  for (let attempt = 0; ; attempt += 1) {
    const { status, body, retryAfter = 1 } = await ask();
    if (expected.includes(status)) return { status, body: body as A };
    if (status !== 503 || attempt === 20) throw new Failure(explain(status, (body ?? {}) as object));
    await pause(retryAfter * 1_000);
  }
}

type Seeding = Readonly<{ operator: Api; password: string }>;

/** Two are blocked, so that there is something of each state; nobody agreed to anything: a consent without anybody who saw its text would be a false proof. True: made now. */
async function person({ operator, password }: Seeding, index: number): Promise<boolean> {
  const who = invented(index);
  const { status, body } = await patiently<{ id: string }>(() => operator.ask('POST', ACCOUNTS, { ...who, password }), [201, 202, 409]);
  const id = status === 409 ? (await operator.request<Account>('POST', `${ACCOUNTS}/find`, { email: who.email })).id : body.id;
  if (index % 50 === 49) await patiently(() => operator.ask('POST', `${ACCOUNTS}/${id}/block`, { reason: 'seed' }), [200, 202]);
  return status !== 409;
}

async function people(seeding: Seeding): Promise<number> {
  let [next, done, made] = [0, 0, 0];
  const work = async () => {
    while (next < PEOPLE) {
      if (await person(seeding, next++)) made += 1;
      done += 1;
      if (done % 10 === 0) console.error(`  ${done} of ${PEOPLE} people`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return made;
}

/** The environment lines of those that are made now: a secret is shown once. */
async function applications(operator: Api, issuer: string): Promise<readonly string[]> {
  const { clients: there } = await operator.request<{ clients: readonly Client[] }>('GET', 'authentication/v1/clients');
  const lines: string[] = [];
  for (const { redirectUri, ...application } of APPLICATIONS) {
    if (there.some(({ name }) => name === application.name)) continue;
    const asked = creation({ ...application, redirectUri: [...redirectUri] });
    const made = await operator.request<Client>('POST', 'authentication/v1/clients', asked);
    lines.push(`# ${application.name}\n${environmentLines(issuer, { ...made, postLogoutRedirectUris: asked['postLogoutRedirectUris'] as string[] })}`);
  }
  return lines;
}

const isLoopback = (issuer: string): boolean => /^(localhost|127(\.\d+){3}|\[::1\])$/.test(new URL(issuer).hostname);

async function seed() {
  const installed = installation();
  if (!isLoopback(installed.issuer)) throw new Failure(`${installed.issuer} is not on loopback: invented people with one password are for looking at, not for a place that others reach.`);
  const password = seedPassword(installed);
  const operator = api(installed, GRANTING);
  const made = await people({ operator, password });
  const lines = await applications(operator, installed.issuer);
  if (lines.length > 0) console.log(`${lines.join('\n\n')}\n`);
  console.log(`${made} people are new, ${PEOPLE - made} were there; ${lines.length} applications are new, ${APPLICATIONS.length - lines.length} were there.`);
  console.log(`Sign in as ${invented(0).email}, or any other of symbolon account list, with the password ${password}`);
}

/** `symbolon seed` */
export const seedCommand = (): Command => new Command('seed').description(`make ${PEOPLE} people whom nobody knows and ${APPLICATIONS.length} applications, to look at; may be run again`).action(seed);
