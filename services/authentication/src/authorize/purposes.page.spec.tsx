import { expect, it } from '@jest/globals';
import { renderPage } from '../page/index.js';
import { PurposesPage } from './purposes.page.js';

const purpose = { purpose: 'profile', title: 'Greet you by name', text: 'We greet you by name.', claims: ['name'], optional: true, granted: false, answered: false, asked: 3 };
const page = (over: object = {}) => renderPage(PurposesPage({ brand: { name: 'Shop', logo: undefined, colour: '#135', colourDark: '#9cf' }, token: 'token', uid: 'u1', client: 'Garden Club', email: 'ann@example.com', purposes: [purpose], ...over }));

it('asks with the text in force, and nothing is ticked beforehand (CNS-1)', () => {
  expect(page()).toContain('We greet you by name.');
  expect(page()).not.toMatch(/\schecked/);
});
it('says that leaving it empty is an answer', () => expect(page()).toContain('we do not ask again'));
it('has one way on beside the ways out, and names whose question it is', () => {
  expect(page().match(/<button[^>]*class="main"/g)).toHaveLength(1);
  expect(page()).toContain('Garden Club');
});
it('the form says which text stood beside the box, ticked or not', () => expect(page()).toContain('name="shown" value="profile:3"'));
