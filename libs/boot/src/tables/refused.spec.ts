import { expect, it } from '@jest/globals';
import { projection, publication, reaction, table } from '@symbolon/event-sourcing';
import type { Problem } from '@symbolon/web';
import { rebuildable } from './refused.js';

const shelf = projection('shelf.books.v1', { categories: ['book'] }, table('shelf.books_v1', ['id']), {});
const half = (name: string, category: string) => projection(name, { categories: [category] }, table('shelf.totals_v1', ['id']), {});
const all = [shelf, half('shelf.bought.v1', 'book'), half('shelf.lent.v1', 'loan'), reaction('shelf.orders.v1', { topic: 'orders' }, {} as never, {}), publication('shelf.public.v1', ['book'], 'shelf', {})];

const refusal = (name: string) => {
  try {
    return rebuildable(all, name).name;
  } catch (error) {
    const { status, type, detail } = (error as Problem).details;
    return `${status} ${type}: ${detail}`;
  }
};

it('gives the one projection that fills a table', () => {
  expect(rebuildable(all, 'shelf.books.v1')).toBe(shelf);
});

it.each([
  ['shelf.films.v1', /^404 operations\/unknown_subscription: .*symbolon tables list/],
  ['shelf.orders.v1', /^409 operations\/not_a_read_table: shelf.orders.v1 reacts/],
  ['shelf.public.v1', /^409 operations\/not_a_read_table: shelf.public.v1 publishes/],
  ['shelf.lent.v1', /^409 operations\/several_sources: shelf.totals_v1 is filled by shelf.bought.v1 and shelf.lent.v1/],
])('refuses %s with the reason', (name, sentence) => {
  expect(refusal(name)).toMatch(sentence);
});
