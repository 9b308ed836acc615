import { describe, expect, it } from '@jest/globals';
import { newKey, secretKey } from './aead.js';
import { isSealed, openText, sealedContext, sealText } from './sealed-text.js';

const key = secretKey(newKey());
const context = { event: 'e1', type: 'symbolon.sample.v1.DoorOpened', subject: 'ada', field: 'opened_by' };
const moved = (change: object) => {
  const [version, , bytes] = sealText(key, 'Ada', context).split('.');
  const { event, type, field } = { ...context, ...change };
  return `${version}.${Buffer.from(JSON.stringify([event, type, field])).toString('base64url')}.${bytes}`;
};

describe('sealed text', () => {
  it.each(['', 'Ada', 'Łukasz 🗝 \u0000', 'x'.repeat(100_000)])('opens to what was sealed (%#)', (value) => {
    expect(openText(key, sealText(key, value, context), 'ada')).toBe(value);
  });

  it('says which event, type and field it belongs to, but not whose it is', () => {
    const sealed = sealText(key, 'Ada', context);
    expect(isSealed(sealed)).toBe(true);
    expect(sealedContext(sealed)).toEqual({ event: 'e1', type: 'symbolon.sample.v1.DoorOpened', field: 'opened_by' });
    expect(Buffer.from(sealed.split('.')[1] ?? '', 'base64url').toString()).not.toContain('ada');
  });

  it('is different each time', () => expect(sealText(key, 'Ada', context)).not.toBe(sealText(key, 'Ada', context)));

  it('opens for its own subject only', () => expect(() => openText(key, sealText(key, 'Ada', context), 'bob')).toThrow('tampered'));

  it.each([{ event: 'e2' }, { type: 'symbolon.sample.v1.DoorClosed' }, { field: 'closed_by' }])('cannot be moved to %j', (change) => {
    expect(openText(key, moved({}), 'ada')).toBe('Ada');
    expect(() => openText(key, moved(change), 'ada')).toThrow('tampered');
  });

  it('does not open with another key', () => expect(() => openText(secretKey(newKey()), sealText(key, 'Ada', context), 'ada')).toThrow('tampered'));

  it('does not open when a bit is flipped anywhere in its bytes', () => {
    const sealed = sealText(key, 'Ada', context);
    const [version, header, body] = sealed.split('.');
    const bytes = Buffer.from(body ?? '', 'base64url');
    for (let index = 0; index < bytes.length; index += 1) {
      const flipped = Buffer.from(bytes.map((byte, at) => (at === index ? byte ^ 1 : byte)));
      expect(() => openText(key, `${version}.${header}.${flipped.toString('base64url')}`, 'ada')).toThrow('tampered');
    }
  });

  it.each(['s1', 's1.', 's1.x.y', 's2.e30.e30', 's1.WzEsMiwzXQ.AA', 's1.W10.AA.BB', 'Ada'])('refuses %j, which is none', (text) => {
    expect(() => openText(key, text, 'ada')).toThrow('Not a sealed text');
  });
});
