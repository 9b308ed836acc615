import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { samples, sourceOf } from './sample.js';

type Package = { private?: boolean; dependencies: Record<string, string>; devDependencies?: Record<string, string> };
type Lock = { packages: Record<string, { integrity?: string; resolved?: string; link?: boolean }> };

const read = <Content>(sample: (typeof samples)[number], file: string) => JSON.parse(readFileSync(join(sourceOf(sample), file), 'utf8')) as Content;
const root = JSON.parse(readFileSync(join(sourceOf('native'), '../../../package.json'), 'utf8')) as Package & { workspaces: string[] };

it('every folder of samples is one that a test starts', () => {
  const folders = readdirSync(join(sourceOf('native'), '..'), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).sort()).toEqual([...samples].sort());
  expect(root.workspaces.filter((one) => one.startsWith('deploy'))).toEqual([]);
});

describe.each(samples)('the sample %s', (sample) => {
  it('is private and names exact versions', () => {
    const { private: hidden, dependencies, devDependencies } = read<Package>(sample, 'package.json');
    const versions = Object.values({ ...dependencies, ...devDependencies });
    expect([hidden, versions.filter((version) => !/^\d+\.\d+\.\d+$/.test(version))]).toEqual([true, []]);
  });

  it('locks every package by its digest, wherever it is fetched from', () => {
    const { packages } = read<Lock>(sample, 'package-lock.json');
    const { '': _itself, ...fetched } = packages;
    expect(Object.values(fetched).filter(({ integrity, resolved }) => integrity === undefined || resolved !== undefined)).toEqual([]);
    expect(Object.keys(fetched).length).toBeGreaterThan(0);
  });
});

it('what runs here without an installation has the versions of the product', () => {
  for (const sample of ['native', 'resource-server'] as const) expect(root.dependencies).toMatchObject(read<Package>(sample, 'package.json').dependencies);
});
