import { describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose';
import { checkedProof } from './dpop-proof.js';

const seconds = () => Math.floor(Date.now() / 1_000);
const TOKEN = 'a.b.c';
const ADDRESS = 'https://id.example/api/profiles/v1/profiles/me';

async function made(alg = 'ES256') {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const [jwk, secret] = [await exportJWK(publicKey), await exportJWK(privateKey)];
  const thumbprint = await calculateJwkThumbprint(jwk);
  const sign = (over: object = {}, header: object = {}) =>
    new SignJWT({ jti: 'one', htm: 'GET', htu: ADDRESS, iat: seconds(), ath: createHash('sha256').update(TOKEN).digest('base64url'), ...over }).setProtectedHeader({ alg, typ: 'dpop+jwt', jwk: jwk as never, ...header }).sign(privateKey);
  return { sign, secret, check: async (proof: Promise<string>, over: object = {}) => checkedProof(await proof, { token: TOKEN, thumbprint, method: 'GET', address: ADDRESS, ...over }) };
}

describe('a proof of possession (RFC 9449 section 4.3)', () => {
  it.each(['ES256', 'PS256'])('is taken when it fits, signed with %s, and kept as long as it would be taken', async (alg) => {
    const { sign, check } = await made(alg);
    const proof = await check(sign());
    expect(proof).toEqual({ id: expect.any(Buffer), until: expect.any(Date) });
    expect((proof as { until: Date }).until.getTime()).toBeGreaterThan(Date.now() + 55_000);
  });
  it.each(['EdDSA', 'RS256'])('is not taken signed with %s', async (alg) => {
    const { sign, check } = await made(alg);
    expect(await check(sign())).toContain('ES256 or PS256');
  });
  it('names the same address when only its writing differs, or its query and fragment', async () => {
    const { sign, check } = await made();
    for (const htu of ['https://ID.example:443/api/profiles/v1/profiles/me', `${ADDRESS}?a=b#c`]) expect(typeof (await check(sign({ htu })))).toBe('object');
  });
  it.each<[string, object]>([
    ['for another method', { htm: 'get' }], ['for another path', { htu: `${ADDRESS}/x` }], ['for another host', { htu: ADDRESS.replace('id', 'evil') }], ['for no address', { htu: 7 }], ['for another token', { ath: 'x' }], ['for no token', { ath: undefined }],
    ['from long ago', { iat: seconds() - 90 }], ['from the future', { iat: seconds() + 90 }], ['without a time', { iat: undefined }], ['without a number', { jti: undefined }], ['with an empty number', { jti: '' }], ['with a number without end', { jti: 'x'.repeat(201) }],
  ])('is refused in words %s', async (_, over) => {
    const { sign, check } = await made();
    expect(typeof (await check(sign(over)))).toBe('string');
  });
  it('is refused by another key, as another kind of token, with a private key in its header, and as no token', async () => {
    const [{ sign, check, secret }, other] = [await made(), await made()];
    expect(await check(other.sign())).toContain('another key');
    for (const header of [{ typ: 'JWT' }, { jwk: secret }, { jwk: undefined }]) expect(typeof (await check(sign({}, header).catch(() => 'x')))).toBe('string');
    expect(typeof (await check(Promise.resolve('x.y.z')))).toBe('string');
  });
  it('is another one when its key is another one, though its number is the same', async () => {
    const [one, two] = [await made(), await made()];
    const [a, b, again] = [await one.check(one.sign()), await two.check(two.sign()), await one.check(one.sign())] as { id: Buffer }[];
    expect([a!.id.equals(b!.id), a!.id.equals(again!.id)]).toEqual([false, true]);
  });
});
