import type { Person } from './browser.js';
import type { Product } from './product.js';

export type Account = Readonly<{ email: string; password: string; firstName: string; lastName: string }>;
export type Mail = Readonly<{ id: string; to: string; subject: string; at: string; text: string }>;

let made = 0;

/** Somebody whom nobody knows yet. */
export function somebody(over: Partial<Account> = {}): Account {
  return { email: `ada${++made}.${Date.now().toString(36)}@example.com`, password: 'four quiet geese over Delft', firstName: 'Ada', lastName: 'Lovelace', ...over };
}

/** What was mailed to an address, the newest first. */
export async function mails({ origin }: Pick<Product, 'origin'>, to: string): Promise<readonly Mail[]> {
  const answer = await fetch(`${origin}/mail.json?to=${encodeURIComponent(to)}`);
  return ((await answer.json()) as { mails: Mail[] }).mails;
}

/** The newest mail to an address, once there are `count` of them. */
export async function newestMail(product: Pick<Product, 'origin'>, to: string, count = 1): Promise<Mail> {
  for (const until = Date.now() + 15_000; Date.now() < until; ) {
    const found = await mails(product, to);
    if (found[0] && found.length >= count) return found[0];
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no mail number ${count} to ${to}`);
}

/** What the sample application was told by UserInfo. */
export async function userInfo(person: Person): Promise<Record<string, unknown>> {
  const text = await person.text();
  const json = /UserInfo (\{[^]*?\})(?: |$)/.exec(text)?.[1];
  if (json === undefined) throw new Error(`not signed in at the sample application: ${text}`);
  return JSON.parse(json) as Record<string, unknown>;
}

/** The code in the newest mail. */
export async function mailedCode(product: Pick<Product, 'origin'>, to: string, count = 1): Promise<string> {
  const { text } = await newestMail(product, to, count);
  const code = /^\s*(\d[\d ]{4,}\d)\s*$/m.exec(text)?.[1];
  if (code === undefined) throw new Error(`no code in: ${text}`);
  return code;
}

/** Fills in the register form and sends it. */
export async function fillIn(person: Person, { email, password, firstName, lastName }: Account): Promise<void> {
  await person.fill('Email', email);
  await person.fill('Password', password);
  await person.fill('First name', firstName);
  await person.fill('Last name', lastName);
  await person.press('Create account');
}

/** From the sample application to a new account that is signed in there; `choose` ticks boxes on the Allow page. */
export async function registerAt(product: Product, person: Person, account: Account, choose: (person: Person) => Promise<void> = async () => {}): Promise<void> {
  await person.visit(product.sample);
  await person.follow('Sign in');
  await person.follow('Create an account');
  await fillIn(person, account);
  await person.fill('Code', await mailedCode(product, account.email));
  await person.press('Continue');
  await choose(person);
  await person.press('Allow');
}

/** Email and password on the sign-in page that is open. */
export async function typePassword(person: Person, { email, password }: Pick<Account, 'email' | 'password'>): Promise<void> {
  await person.fill('Email', email);
  await person.fill('Password', password);
  await person.press('Sign in');
}
