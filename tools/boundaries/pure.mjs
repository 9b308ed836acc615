// Deciders, policies, projections and publications get time, ids and randomness as data and answer at once: the same input gives the same
// answer, today and when the log is replayed. Imports are judged by the dependency rules; this judges what needs no import.
import { readFileSync } from 'node:fs';
import { parseSync } from '@swc/core';

/** Files that have to be pure, by the role in their name. */
export const PURE = /\.(?:decider|policy|projection|publications)\.ts$/;

const GLOBALS = new Set(['crypto', 'performance', 'process', 'globalThis', 'fetch', 'console', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask', 'Promise']);
const MEMBERS = new Set(['Date.now', 'Math.random']);

const identifier = (node) => (node?.type === 'Identifier' ? node.value : undefined);
const isDate = ({ callee }) => identifier(callee) === 'Date';

/** What is impure about one node itself, in words. */
function impurity(node) {
  const member = node.type === 'MemberExpression' ? `${identifier(node.object)}.${identifier(node.property)}` : '';
  if (MEMBERS.has(member)) return member;
  if (node.type === 'NewExpression' && isDate(node) && !node.arguments?.length) return 'new Date()';
  if (node.type === 'CallExpression' && isDate(node)) return 'Date()';
  if (node.async === true) return 'async';
  if (node.type === 'AwaitExpression' || node.type === 'ForOfStatement' && node.isAwait) return 'await';
  return node.type === 'Identifier' && GLOBALS.has(node.value) ? node.value : undefined;
}

/** The parts of a node that are code: names of properties and types are none. */
function* codeOf(node) {
  for (const [name, part] of Object.entries(node)) {
    const named = (name === 'property' && part.type === 'Identifier') || (name === 'key' && part.type === 'Identifier');
    const types = name === 'typeAnnotation' || name === 'typeParams' || name === 'typeArguments' || name === 'returnType';
    if (!named && !types && part && typeof part === 'object') yield* Array.isArray(part) ? part : [part];
  }
}

function* impurities(node) {
  if (!node || typeof node !== 'object' || /^Ts(?:TypeAlias|Interface)/.test(node.type ?? '')) return;
  const found = impurity(node);
  if (found) yield found;
  for (const part of codeOf(node)) yield* impurities(part);
}

/** Everything that makes a file impure. */
export const impuritiesOf = (path) => [...new Set(impurities(parseSync(readFileSync(path, 'utf8'), { syntax: 'typescript' })))];
