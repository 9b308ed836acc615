import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { breaking } from './buf.mjs';
import { changedSamples, sampleGaps } from './check.mjs';
import { generated, stale } from './generate.mjs';

const fixture = (name: string) => fileURLToPath(new URL(`./fixtures/${name}`, import.meta.url));

describe('what was promised stays', () => {
  it('lets fields and events be added', () => expect(breaking(fixture('added'), fixture('base'))).toBeUndefined());
  it('refuses a renamed field', () => expect(breaking(fixture('renamed'), fixture('base'))).toContain('changed name from "door" to "gate"'));
  it('refuses a retyped field', () => expect(breaking(fixture('retyped'), fixture('base'))).toContain('changed type from "int32" to "string"'));
  it('refuses a number used again for another field', () => expect(breaking(fixture('reused'), fixture('base'))).toContain('changed name from "times" to "visitors"'));
  it('refuses an event that is gone', () => expect(breaking(fixture('base'), fixture('added'))).toContain('message "DoorClosed" was deleted'));
  it('refuses a field that is gone', () => expect(breaking(fixture('base'), fixture('added'))).toContain('"from_inside"'));
  it('refuses to let a field be stored in clear that was sealed', () => expect(breaking(fixture('unsealed'), fixture('base'))).toContain('opened_by lost its mark as personal'));
});

describe('golden samples', () => {
  const sample = 'symbolon/sample/v1/samples/DoorOpened.json';
  let before: string;
  let now: string;

  beforeAll(() => {
    before = mkdtempSync(join(tmpdir(), 'symbolon-samples-'));
    now = mkdtempSync(join(tmpdir(), 'symbolon-samples-'));
    cpSync(fixture('base'), before, { recursive: true });
    cpSync(fixture('base'), now, { recursive: true });
  });
  afterAll(() => [before, now].forEach((folder) => rmSync(folder, { recursive: true })));

  const write = (folder: string, path: string, data: object) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), JSON.stringify({ type: 'DoorOpened', data }));
  };

  it('may be added, never changed and never removed', () => {
    expect(changedSamples(now, before)).toEqual([]);
    write(now, sample, { openedBy: 'Jo', door: 'north', times: 1 });
    expect(changedSamples(now, before)).toEqual([]);
    write(before, sample, { openedBy: 'Jo', door: 'north', times: 2 });
    expect(changedSamples(now, before)).toEqual([sample]);
    rmSync(join(now, sample));
    expect(changedSamples(now, before)).toEqual([sample]);
  });

  it('are missed for an event, and for a field that none of them has', () => {
    expect(sampleGaps(now)).toEqual(['symbolon.sample.v1.DoorOpened has no golden sample.']);
    write(now, sample, { openedBy: 'Jo', door: 'north' });
    expect(sampleGaps(now)).toEqual(['symbolon.sample.v1.DoorOpened.times is in no golden sample: add DoorOpened.2.json.']);
    write(now, sample.replace('.json', '.2.json'), { openedBy: 'Jo', door: 'north', times: 3 });
    expect(sampleGaps(now)).toEqual([]);
  });
});

describe('generated files', () => {
  it('are up to date, and are missed when one is edited or absent', () => {
    const files = generated();
    expect(stale(files)).toEqual([]);
    const [first = ''] = files.keys();
    expect(stale(new Map([...files, [first, 'edited'], ['libs/events/src/gen/absent.ts', '']]))).toEqual([first, 'libs/events/src/gen/absent.ts']);
  });

  it('hold an event as a short type and its data', () => {
    expect(generated().get('services/consent/src/events.gen.ts')).toContain("Readonly<{ type: 'ConsentGranted'; data: Data<ConsentGranted> }>");
  });
});
