import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { hasBrowser, launch, sit } from './browser.js';
import { startProduct } from './product.js';
import type { Product } from './product.js';

const LOGO = 'https://cdn.example.com/brand/logo.svg';
let browser: Browser | undefined;
let product: Product;

beforeAll(async () => {
  [browser, product] = await Promise.all([launch(), startProduct({ environment: { SYMBOLON_BRAND_COLOUR: '#ffe600', SYMBOLON_BRAND_COLOUR_DARK: '#003366', SYMBOLON_BRAND_LOGO: LOGO } })]);
}, 120_000);

afterAll(async () => {
  await browser?.close();
  await product?.stop();
});

type Colours = Readonly<{ ground: string; text: string; link: string }>;

/** What the browser computed for the one button and the first link of the sign-in page. */
async function coloursOf(colorScheme: 'light' | 'dark', hover = false): Promise<Colours> {
  const person = await sit(browser!, { colorScheme });
  await person.visit(`${product.origin}/account`);
  if (hover) await person.page.getByRole('button', { name: 'Sign in' }).hover();
  const colours = await person.page.evaluate(() => {
    const style = (selector: string) => getComputedStyle(document.querySelector(selector)!);
    return { ground: style('main button').backgroundColor, text: style('main button').color, link: style('main a').color };
  });
  await person.close();
  return colours;
}

if (!hasBrowser) it('the organisation’s colour is not looked at here: there is no browser for this machine', () => expect(hasBrowser).toBe(false));
else describe('the organisation’s colour', () => {
  it('is the main button’s, with text that can be read on it, and a light one writes no words', async () => {
    const light = { ground: 'rgb(255, 230, 0)', text: 'rgb(0, 0, 0)', link: 'rgb(16, 21, 31)' };
    expect(await coloursOf('light')).toEqual(light);
    expect(await coloursOf('light', true)).toEqual(light);
  }, 30_000);

  it('is another one in the dark, and a dark one writes no words there', async () => {
    expect(await coloursOf('dark')).toEqual({ ground: 'rgb(0, 51, 102)', text: 'rgb(255, 255, 255)', link: 'rgb(240, 242, 246)' });
  }, 30_000);
});

describe('the organisation’s logo', () => {
  it.each([['a page of ours', '/account'], ['a page of the provider', '/oidc/auth?client_id=nope'], ['the page after signing out', '/oidc/session/end/success']])('may be loaded by %s', async (_, path) => {
    const page = await visit(path);
    expect(await page.text()).toContain(`src="${LOGO}"`);
    const images = /img-src ([^;]*)/.exec(page.headers.get('content-security-policy') ?? '')?.[1]?.split(' ');
    expect(images?.some((source) => source === 'https:' || source === new URL(LOGO).origin)).toBe(true);
  });
});

/** Follows redirects with the cookies that they set. */
async function visit(path: string): Promise<Response> {
  const cookies: string[] = [];
  for (let url = new URL(path, product.origin); ; ) {
    const answer = await fetch(url, { redirect: 'manual', headers: { accept: 'text/html', cookie: cookies.join('; ') } });
    cookies.push(...answer.headers.getSetCookie().map((line) => line.split(';')[0]!));
    const location = answer.headers.get('location');
    if (location === null) return answer;
    url = new URL(location, url);
  }
}
