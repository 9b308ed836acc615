import { expect, it } from '@jest/globals';
import { renderPage } from '../page/index.js';
import { ConfirmPage, SignInPage } from './sign-in.page.js';
import type { SignInProps } from './sign-in.page.js';

const given: SignInProps = { brand: { name: 'Shop', logo: undefined, colour: '#135', colourDark: '#9cf' }, token: 'token', uid: 'u1', client: 'Garden Club', login: 'ann@example.com', again: false };
const page = (over: Partial<SignInProps> = {}) => renderPage(SignInPage({ ...given, ...over }));

it('keeps the email that was typed, and never a password (UX-2)', () => {
  expect(page({ wrong: { form: 'no' } })).toContain('value="ann@example.com"');
  expect(page()).toMatch(/type="password"[^>]* value (?=required)|type="password"[^>]* value=""/);
});
it('leads to a new account and to a forgotten password', () => {
  expect(page()).toContain('/i/u1/register');
  expect(page()).toContain('/i/u1/recover');
});
it('asks the same person again without offering another account', () => {
  const again = page({ again: true, fixedLogin: true });
  expect(again).toMatch(/readonly/i);
  expect(again).not.toContain('/i/u1/register');
});
it('what is wrong is announced and stands beside its field', () => {
  expect(page({ wrong: { form: 'not together' } })).toContain('role="alert"');
  expect(page({ wrong: { password: 'missing' } })).toContain('aria-describedby="password-error"');
});
it('pages hold no script and no inline style', () => expect(page() + renderPage(ConfirmPage(given))).not.toMatch(/<script|style=|\son\w+=/));
