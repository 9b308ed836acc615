import { expect, it } from '@jest/globals';
import { renderPage } from '../page/index.js';
import { AllowPage } from './allow.page.js';
import type { AllowProps } from './allow.page.js';

const given: AllowProps = {
  brand: { name: 'Shop', logo: undefined, colour: '#135', colourDark: '#9cf' },
  token: 'token',
  uid: 'u1',
  client: 'Garden Club',
  email: 'ann@example.com',
  rights: { strong: [{ scope: 'profiles:write' }], plain: [{ scope: 'email' }, { scope: 'profile' }, { scope: 'orders:read', host: 'orders.example' }] },
  asked: 'openid email',
  purposes: [{ purpose: 'profile', title: 'Greet you by name', text: 'We greet you by name.', claims: ['name'], optional: true, granted: false, answered: false, asked: 3 }],
};
const page = (over: Partial<AllowProps> = {}) => renderPage(AllowPage({ ...given, ...over }));

it('says in plain words what the application gets', () => expect(page()).toContain('your first and last name'));
it('abuse 98: says what a scope lets the application do, the dangerous first and apart', () => {
  expect(page().indexOf('change your profile')).toBeGreaterThan(page().indexOf('class="strong"'));
  expect(page().indexOf('change your profile')).toBeLessThan(page().indexOf('see your email'));
});
it('the form says what its page showed', () => expect(page()).toContain('name="asked" value="openid email"'));
it('says a scope of another API by its word and the host that it is for', () => expect(page()).toContain('use “orders:read” at orders.example'));
it('no purpose is ticked beforehand, and its text stands beside it (CNS-1)', () => {
  expect(page()).toContain('We greet you by name.');
  expect(page()).not.toMatch(/\schecked/);
});
it('the box names the version of the text that was shown', () => expect(page()).toContain('value="profile:3"'));
it('after an error the ticked boxes are still ticked', () => expect(page({ ticked: ['profile'] })).toMatch(/\schecked/));
it('abuse 51: a name of an application is text, never markup', () => expect(page({ client: '<script>alert(1)</script>' })).not.toContain('<script>'));
