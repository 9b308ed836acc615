import { globSync, readFileSync } from 'node:fs';
import { parseSync } from '@swc/core';
import { expect, it } from '@jest/globals';

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Whether something is awaited while the file is only being read, outside every function. */
function awaits(node: unknown): boolean {
  if (!isObject(node)) return false;
  if (node['type'] === 'AwaitExpression') return true;
  if (/^(ArrowFunction|Function)Expression$|^FunctionDeclaration$|^ClassMethod$|^PrivateMethod$|^MethodProperty$|^Constructor$/.test(String(node['type']))) return false;
  return Object.values(node).some((part) => (Array.isArray(part) ? part.some((one) => awaits(isObject(one) && 'expression' in one ? one['expression'] : one)) : awaits(part)));
}

const read = (source: string, tsx = false) => parseSync(source, { syntax: 'typescript', tsx, decorators: true });

it('tells what is awaited while a file is read from what its tests await', () => {
  expect(awaits(read('const product = await startProduct();'))).toBe(true);
  expect(awaits(read('const [a, b] = await Promise.all([launch(), startProduct()]);'))).toBe(true);
  expect(awaits(read("beforeAll(async () => { product = await startProduct(); }); it('x', async function () { await y; }); const z = async () => await y;"))).toBe(false);
});

it('no spec file starts anything before one of its tests is chosen', () => {
  const files = globSync('{libs,services,tools,deploy,test-e2e}/**/*.spec.{ts,tsx}', { exclude: (path) => path.includes('node_modules') });
  expect(files.length).toBeGreaterThan(100);
  expect(files.filter((file) => awaits(read(readFileSync(file, 'utf8'), file.endsWith('x'))))).toEqual([]);
});
