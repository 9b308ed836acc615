// What is wrong with a row of docs/abuse.md: each title that it names has to be a whole title of a test, and to say the row's number.
import { parseSync } from '@swc/core';

const textOf = (node) => (node?.type === 'StringLiteral' ? node.value : node?.type === 'TemplateLiteral' && node.quasis.length === 1 ? node.quasis[0].cooked : undefined);

/** `it`, `it.each(…)`, `it.skip`: the name at the root of a call. */
const rootOf = (node) => (node?.type === 'Identifier' ? node.value : node?.type === 'MemberExpression' ? rootOf(node.object) : node?.type === 'CallExpression' ? rootOf(node.callee) : undefined);
const isTest = (node) => node.type === 'CallExpression' && /^(?:it|test)$/.test(rootOf(node.callee) ?? '');
const isEach = ({ callee }) => callee.type === 'MemberExpression' && callee.property.value === 'each';

/** The first text of each row of `it.each`: what stands for the first %s. */
const rowTitles = (table) => (table?.elements ?? []).map((row) => textOf(row?.expression?.type === 'ArrayExpression' ? row.expression.elements[0]?.expression : row?.expression));

function* titles(node) {
  if (!node || typeof node !== 'object') return;
  if (isTest(node)) yield* isEach(node) ? rowTitles(node.arguments[0]?.expression) : [textOf(node.arguments[0]?.expression)];
  for (const part of Object.values(node)) if (part && typeof part === 'object') for (const one of [part].flat()) yield* titles(one);
}

/** The whole titles of the tests in a file, as they are written (`%s` stays). */
export const titlesOf = (source, tsx) => [...titles(parseSync(source, { syntax: 'typescript', tsx, decorators: true }))].filter((title) => title !== undefined);

const numbersIn = (title) => [...title.matchAll(/abuse ([\d, ]+):/g)].flatMap((match) => match[1].split(',').map(Number));

/** In words; undefined: the row is right. */
export function rowFault(number, answer, known) {
  if (answer === undefined) return 'is missing';
  const named = [...answer.matchAll(/`([^`]+)`/g)].map((match) => match[1]);
  if (named.length === 0) return answer.length < 15 ? 'names neither a test nor a reason' : undefined;
  const missing = named.filter((title) => !known.has(title));
  if (missing.length > 0) return `no test is called ${missing.join(' · ')}`;
  const strangers = named.filter((title) => !numbersIn(title).includes(number));
  return strangers.length > 0 ? `the title is of another case: ${strangers.join(' · ')}` : undefined;
}

const sample = new Set(titlesOf(`it('abuse 1: a whole title', () => {}); it.each([['abuse 2: a row', 1]])('%s', () => {}); const no = 'abuse 1: no test';`, false));

/** Rows that must be refused, or the check sees nothing; gives those that were not. */
export const unseen = () =>
  [
    ['a part of a title', 1, '`abuse 1: a whole`'],
    ['a text that is no title', 1, '`abuse 1: no test`'],
    ['a title of another case', 2, '`abuse 1: a whole title`'],
    ['neither test nor reason', 1, 'later'],
    ['no row', 1, undefined],
  ].filter(([, number, answer]) => rowFault(number, answer, sample) === undefined || rowFault(2, '`abuse 2: a row`', sample) !== undefined);
