import { describe, expect, it } from '@jest/globals';
import { systemStreams, userStreams, wholeLog } from './setup-rights.js';

const OURS = { $r: ['symbolon', '$admins'], $w: ['symbolon', '$admins'], $d: ['$admins'], $mr: ['symbolon', '$admins'], $mw: ['$admins'] };

describe('the rights that Symbolon is given', () => {
  it('take from everybody what nobody had named', () => {
    expect(userStreams(undefined, 'symbolon')).toEqual({ acl: OURS, opened: true, kept: [], changed: expect.arrayContaining(['symbolon and $admins may read user streams (before: everybody)', '$admins may delete user streams (before: everybody)']) });
    expect(userStreams({ $r: '$all', $w: ['symbolon', '$all'] }, 'symbolon').acl).toEqual(OURS);
  });

  it('are not set again when they are there, whatever their order', () => {
    expect(userStreams({ ...OURS, $r: ['$admins', 'symbolon'], $d: '$admins' }, 'symbolon')).toMatchObject({ changed: [], opened: false, kept: [] });
    expect(wholeLog({ $r: ['$admins', 'symbolon'] }, 'symbolon')).toMatchObject({ changed: [] });
  });

  it('leave those of others, and say so', () => {
    const { acl, kept, opened } = userStreams({ ...OURS, $r: ['backup', '$admins'] }, 'symbolon');
    expect(acl).toEqual({ ...OURS, $r: ['symbolon', '$admins', 'backup'] });
    expect(kept).toEqual([expect.stringContaining('backup may read user streams')]);
    expect(opened).toBe(false);
    expect(wholeLog({ $r: '$ops', $mw: '$ops' }, 'symbolon')).toMatchObject({ acl: { $r: ['symbolon', '$admins', '$ops'], $mw: '$ops' }, kept: [expect.stringContaining('$ops may read the whole log'), expect.stringContaining('$ops may write the metadata of the whole log')] });
  });

  it('do not hold what Symbolon has no need of', () => {
    expect(userStreams({ ...OURS, $d: ['symbolon', '$admins'], $mw: 'symbolon' }, 'symbolon').acl).toEqual(OURS);
  });

  it('say who else is let at the streams of the server itself', () => {
    expect(systemStreams(undefined)).toEqual([]);
    expect(systemStreams({ $r: ['$admins', '$all'], $w: '$admins' })).toEqual([expect.stringContaining('everybody may read the server\'s own streams')]);
  });
});
