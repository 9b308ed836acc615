import { describe, expect, it } from '@jest/globals';
import { aboutServer, versionRefused } from './setup-settings.js';

const about = (options: Record<string, string>, version = '24.6.0', isInsecure = false) => aboutServer({ version, isInsecure, options: new Map(Object.entries({ MaxAppendSize: '1048576', RunProjections: 'None', ...options })) });

describe('a server', () => {
  it.each([
    ['24.6.0', false],
    ['22.10.5', false],
    ['24.10.4', false],
    ['25.1.0', false],
    ['22.6.0', true],
    ['5.0.11', true],
    ['', true],
    ['kurrent', true],
  ])('of version %j is refused: %j', (version, isRefused) => {
    expect(versionRefused(version) !== undefined).toBe(isRefused);
  });

  it('with the settings that it comes with lacks nothing', () => {
    expect(about({ MemDb: 'False', AllowAnonymousStreamAccess: 'False' })).toEqual([]);
  });

  it.each([
    [{ MemDb: 'true' }, 'in memory'],
    [{ Dev: 'True' }, 'development mode'],
    [{ UnsafeDisableFlushToDisk: 'true' }, 'power cut'],
    [{ UnsafeIgnoreHardDelete: 'true' }, 'UnsafeIgnoreHardDelete'],
    [{ UnsafeAllowSurplusNodes: 'true' }, 'surplus'],
    [{ MaxAppendSize: '65536' }, 'Raise it to 1048576'],
    [{ RunProjections: 'System' }, 'RunProjections=System'],
    [{ StartStandardProjections: 'true' }, 'Projections run'],
    [{ AllowAnonymousStreamAccess: 'true' }, 'AllowAnonymousStreamAccess'],
    [{ AllowAnonymousEndpointAccess: 'true' }, 'AllowAnonymousEndpointAccess'],
    [{ EnableAtomPubOverHttp: 'true' }, 'EnableAtomPubOverHttp'],
  ])('with %j is told so', (options, sentence) => {
    expect(about(options)).toEqual([expect.stringContaining(sentence)]);
  });

  it.each([
    ['25.1.0', 'KurrentDB'],
    ['24.10.4', '24.6 is the version that was tried'],
  ])('of version %s is told what was tried', (version, sentence) => {
    expect(about({}, version)).toEqual([expect.stringContaining(sentence)]);
  });

  it.each(['22.10.4', '23.10.0'])('of version %s is told of its hole', (version) => {
    expect(about({}, version)[0]).toContain('CVE-2024-26133');
  });

  it('that is insecure, or shows no settings, is told so', () => {
    expect(about({}, '24.6.0', true)).toEqual([expect.stringContaining('whoever reaches it')]);
    expect(aboutServer({ version: '24.6.0', isInsecure: false, options: new Map() })).toEqual([expect.stringContaining('does not show its settings')]);
  });
});
