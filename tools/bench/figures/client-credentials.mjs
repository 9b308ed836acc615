import { perSecond, send } from '../load.mjs';
import { startPeer } from '../peer.mjs';
import { startProduct } from '../product.mjs';

const basic = (id, secret) => `Basic ${Buffer.from(`${encodeURIComponent(id)}:${encodeURIComponent(secret)}`).toString('base64')}`;

const tokens = (url, authorization, form) => () =>
  perSecond({
    workers: 16,
    milliseconds: 4_000,
    act: async (_worker, agent) => {
      const answer = await send(url, { method: 'POST', agent, headers: { authorization }, form });
      if (answer.status !== 200 || !answer.text.includes('"access_token":"ey')) throw new Error(`${answer.status} ${answer.text}`);
    },
  });

/** Tokens a second for a machine client. */
export const figure = {
  what: 'client credentials, JWT',
  against: 'bare `oidc-provider`, memory adapter',
  goal: '≥ 0.80',
  unit: '/s',
  rounds: 5,
  warmUp: 1,
  async prepare() {
    const [product, peer] = [await startProduct(), await startPeer('bare-provider.mjs', ['memory'])];
    const { client_id: id, client_secret: secret } = product.admin;
    return {
      sides: {
        product: tokens(`http://127.0.0.1:${product.port}/oidc/token`, basic(id, secret), { grant_type: 'client_credentials', scope: 'profiles:read' }),
        peer: tokens(`http://127.0.0.1:${peer.port}/token`, basic('machine', 'a-secret-for-measuring'), { grant_type: 'client_credentials', scope: 'read' }),
      },
      close: async () => {
        await Promise.all([product.stop(), peer.stop()]);
      },
    };
  },
};
