import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { kinds, launch } from './browser.js';
import { startProduct } from './product.js';
import type { Product } from './product.js';
import { fillIn, mailedCode, mails, registerAt, somebody, typePassword, userInfo } from './visits.js';

let browser: Browser | undefined;
let product: Product;

beforeAll(async () => {
  [browser, product] = await Promise.all([launch(), startProduct()]);
}, 120_000);

const PURPOSE = 'Share your name and language';

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

describe.each(kinds(() => browser))('$kind', ({ open }) => {
  it('a newcomer registers, allows, sees the claims, comes back, changes her mind and sees the claim go (REG-1, AUT-1, CNS-2, UX-3)', async () => {
    const [person, account] = [await open(), somebody()];
    await registerAt(product, person, account, (one) => one.tick(PURPOSE));
    expect(await person.text()).toContain('Hello, Ada');
    expect(await userInfo(person)).toMatchObject({ email: account.email, email_verified: true, given_name: 'Ada', family_name: 'Lovelace' });

    await person.press('Sign out');
    await person.press('Sign out');
    expect(person.address()).toBe(`${product.sample}/`);
    expect(await person.text()).toContain('Grow something this year');

    await person.follow('Sign in');
    await typePassword(person, account);
    expect(await userInfo(person)).toMatchObject({ given_name: 'Ada' });
    expect(await mails(product, account.email)).toHaveLength(1);

    await person.follow('your account page');
    await person.press(`Withdraw: ${PURPOSE}`);
    expect(await person.text()).toContain('Withdrawn. It takes effect at once');
    await person.visit(product.sample);
    expect(await userInfo(person)).toMatchObject({ email: account.email });
    expect(await userInfo(person)).not.toHaveProperty('given_name');
    await person.visit(`${product.sample}/login`);
    expect(await person.text()).not.toContain('Lovelace');

    await person.follow('your account page');
    await person.press(`Agree: ${PURPOSE}`);
    expect(await person.text()).toContain('You agreed. It takes effect at once.');
    await person.visit(`${product.sample}/login`);
    expect(await userInfo(person)).toMatchObject({ given_name: 'Ada', family_name: 'Lovelace' });
    await person.close();
  }, 60_000);

  it('nothing that was typed is lost when something is wrong, and the fault stands beside its field (UX-3)', async () => {
    const [person, account] = [await open(), somebody({ password: 'too short' })];
    await person.visit(`${product.sample}/register`);
    await person.fill('Email', account.email);
    await person.fill('Password', account.password);
    await person.fill('First name', 'Grace');
    await person.press('Create account');
    expect(await person.text()).toContain('Use at least 15 characters.');
    expect(await person.text()).toContain('Enter your last name.');
    expect([await person.value('Email'), await person.value('First name'), await person.value('Password')]).toEqual([account.email, 'Grace', '']);
    await person.close();
  }, 60_000);

  it('a browser that is not known is asked for a mailed code, and cancelling leads back to the application (AUT-1)', async () => {
    const [first, account] = [await open(), somebody()];
    await registerAt(product, first, account);
    const person = await open();
    await person.visit(`${product.sample}/login`);
    await typePassword(person, account);
    expect(await person.text()).toContain('We do not know this browser yet.');
    await person.fill('Code', '000000');
    await person.press('Continue');
    expect(await person.text()).toContain('This code does not fit.');
    await person.fill('Code', await mailedCode(product, account.email, 2));
    await person.press('Continue');
    expect(await userInfo(person)).toMatchObject({ email: account.email });

    const [other, stranger] = [await open(), somebody()];
    await other.visit(`${product.sample}/register`);
    await fillIn(other, stranger);
    await other.fill('Code', await mailedCode(product, stranger.email));
    await other.press('Continue');
    await other.press('Cancel');
    expect(await other.text()).toContain('You did not allow Garden Club to see your data');
    await Promise.all([first, person, other].map((one) => one.close()));
  }, 60_000);
});
