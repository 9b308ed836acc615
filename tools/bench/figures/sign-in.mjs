import { startPeer } from '../peer.mjs';
import { startProduct } from '../product.mjs';
import { signIns } from '../sign-ins.mjs';

/** Whole sign-ins a second. */
export const figure = {
  what: 'whole sign-in (authorize, password, authorization code, tokens)',
  against: 'argon2 hashes of the same two workers',
  goal: '≥ 0.40',
  unit: '/s',
  digits: 1,
  rounds: 7,
  warmUp: 1,
  async prepare() {
    const [product, peer] = [await startProduct(), await startPeer('argon2.mjs')];
    return {
      sides: { product: await signIns(product), peer: async () => (await (await fetch(`http://127.0.0.1:${peer.port}`)).json()).perSecond },
      async close() {
        await Promise.all([product.stop(), peer.stop()]);
      },
    };
  },
};
