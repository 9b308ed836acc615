import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { reader } from './browser.js';
import type { Person } from './browser.js';
import { startProduct } from './product.js';
import type { Product } from './product.js';
import { mailedCode, registerAt, somebody, typePassword, userInfo } from './visits.js';
import type { Account } from './visits.js';

const HALF_AN_HOUR = 31 * 60;
let product: Product;
const PURPOSE = 'Share your name and language';

beforeAll(async () => {
  product = await startProduct({ environment: { NODE_OPTIONS: `--import ${new URL('clock.mjs', import.meta.url).href}`, SYMBOLON_TEST_CLOCK_STEP: `${HALF_AN_HOUR}` } });
}, 120_000);

afterAll(() => product?.stop());

async function later(): Promise<void> {
  const moved = () => product.printed().split('the clock of this test').length;
  const before = moved();
  product.child.kill('SIGUSR2');
  while (moved() === before) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** The same person in a browser that is not known yet. */
async function elsewhere(account: Account, count: number): Promise<Person> {
  const person = reader();
  await person.visit(`${product.sample}/login`);
  await typePassword(person, account);
  await person.fill('Code', await mailedCode(product, account.email, count));
  await person.press('Continue');
  return person;
}

const newcomer = async () => {
  const [person, account] = [reader(), somebody()];
  await registerAt(product, person, account, (one) => one.tick(PURPOSE));
  return { person, account };
};

it('a new name is what applications see next, and an empty one is refused in words (PRF-2)', async () => {
  const { person } = await newcomer();
  await person.visit(`${product.origin}/account`);
  await person.fill('First name', 'Augusta');
  await person.press('Save name');
  expect(await person.text()).toContain('Your name is saved.');
  expect(await person.value('First name')).toBe('Augusta');
  await person.visit(product.sample);
  expect(await userInfo(person)).toMatchObject({ given_name: 'Augusta', family_name: 'Lovelace', name: 'Augusta Lovelace' });
  await person.visit(`${product.origin}/account`);
  await person.fill('First name', ' ');
  await person.fill('Last name', 'King');
  await person.press('Save name');
  expect(await person.text()).toContain('Enter a first and a last name.');
  expect(await person.value('Last name')).toBe('King');
}, 60_000);

it('ending one session leaves the others, ending all others leaves this one, and what they had is dead (AUT-16)', async () => {
  const { person, account } = await newcomer();
  const [second, third] = [await elsewhere(account, 2), await elsewhere(account, 3)];
  await person.visit(`${product.origin}/account`);
  expect((await person.text()).match(/Another browser/g)).toHaveLength(2);
  await person.press('End');
  expect(await person.text()).toContain('The session has ended.');
  expect((await person.text()).match(/Another browser/g)).toHaveLength(1);
  const signedIn = async (one: Person) => {
    await one.visit(`${product.origin}/account`);
    return (await one.text()).includes('Where you are signed in');
  };
  expect([await signedIn(second), await signedIn(third)].sort()).toEqual([false, true]);
  await person.press('End all others');
  expect(await person.text()).toContain('All other sessions have ended.');
  expect([await signedIn(second), await signedIn(third), await signedIn(person)]).toEqual([false, false, true]);
  for (const one of [second, third]) {
    await one.visit(product.sample);
    expect(await one.text()).toContain('Sign in');
    await expect(userInfo(one)).rejects.toThrow('not signed in');
  }
}, 60_000);

it('an application whose access was removed is signed out, its refresh token is dead, and the next request asks again (CNS-4, SSO-6)', async () => {
  const { person } = await newcomer();
  const removing = await person.tab();
  await removing.visit(`${product.origin}/account`);
  await removing.press('Remove access: Garden Club');
  expect(await removing.text()).toContain('The application has no access any longer.');
  expect(await removing.text()).toContain('No application may read anything of you.');
  await person.press('Refresh');
  expect(await person.text()).toContain('Your session has ended.');
  await person.visit(`${product.sample}/login`);
  expect(await person.text()).toContain('Allow Garden Club?');
}, 60_000);

it('a password is changed only after it was asked for again, and ends every other session (AUT-14)', async () => {
  const { person, account } = await newcomer();
  const other = await elsewhere(account, 2);
  await later();
  await person.visit(`${product.origin}/account`);
  await person.follow('Change password');
  expect(await person.text()).toContain('Please enter your password again');
  expect(await person.value('Email')).toBe(account.email);
  await person.fill('Password', 'something else altogether');
  await person.press('Sign in');
  expect(await person.text()).toContain('do not belong together');
  await person.fill('Password', account.password);
  await person.press('Sign in');
  expect(await person.text()).toContain('Change your password');
  await person.fill('New password', 'short');
  await person.press('Change password');
  expect(await person.text()).toContain('Use at least 15 characters.');
  await person.fill('New password', 'nine loud herons near Gouda');
  await person.press('Change password');
  expect(await person.text()).toContain('Your password is changed, and your other sessions have ended.');
  await other.visit(`${product.origin}/account`);
  expect(await other.text()).not.toContain('Where you are signed in');
  await typePassword(other, account);
  expect(await other.text()).toContain('do not belong together');
  await typePassword(other, { ...account, password: 'nine loud herons near Gouda' });
  expect(await other.text()).toContain('We do not know this browser yet.');
  await other.fill('Code', await mailedCode(product, account.email, 4));
  await other.press('Continue');
  expect(await other.text()).toContain('Where you are signed in');
}, 60_000);

it('a form of another session changes nothing (AUT-17)', async () => {
  const { person, account } = await newcomer();
  await person.visit(`${product.origin}/account`);
  const tab = await person.tab();
  await tab.visit(`${product.origin}/account`);
  await tab.press('Sign out');
  await tab.visit(`${product.origin}/account`);
  await typePassword(tab, account);
  await person.fill('First name', 'Mallory');
  await person.press('Save name');
  expect(await person.text()).toContain('The page was out of date, so that nothing was changed.');
  expect(await person.value('First name')).toBe('Ada');
}, 60_000);

it('a visit that lasted over half an hour is out of date, and says how to go on (AUT-17)', async () => {
  const person = reader();
  await person.visit(`${product.sample}/login`);
  const { email, password } = somebody();
  await later();
  await typePassword(person, { email, password });
  expect(await person.text()).toContain('This page is out of date');
  await person.visit(`${product.sample}/login`);
  expect(await person.text()).toContain('Forgotten your password?');
}, 60_000);
