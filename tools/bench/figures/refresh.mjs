import { perSecond, send } from '../load.mjs';
import { startPeer } from '../peer.mjs';
import { startProduct } from '../product.mjs';
import { openDatabase } from '../database.mjs';
import { basic, newClient, newcomer, tokens } from '../visitor.mjs';

const FAMILIES = 16;

/** Each worker refreshes with the token that its last answer gave. */
const refreshing = (url, authorization, held) => () =>
  perSecond({
    workers: FAMILIES,
    milliseconds: 4_000,
    act: async (worker, agent) => {
      const answer = await send(url, { method: 'POST', agent, headers: { authorization }, form: { grant_type: 'refresh_token', refresh_token: held[worker] } });
      if (answer.status !== 200) throw new Error(`${answer.status} ${answer.text}`);
      held[worker] = JSON.parse(answer.text).refresh_token;
    },
  });

/** Rotating refreshes a second, with an opaque access token and an ID token each. */
export const figure = {
  what: 'refresh with rotation',
  against: 'bare `oidc-provider` on the same PostgreSQL',
  goal: '≥ 0.80',
  unit: '/s',
  rounds: 5,
  warmUp: 1,
  async prepare() {
    const [product, database] = [await startProduct(), await openDatabase([])];
    const peer = await startPeer('bare-provider.mjs', ['postgres'], { PEER_DATABASE: database.url });
    const client = await newClient(product);
    const { visitor } = await newcomer(product, client, 0);
    const ours = [];
    for (let family = 0; family < FAMILIES; family += 1) {
      const { sentTo, verifier } = await visitor.authorize(client);
      ours.push((await tokens(product, client, sentTo.get('code'), verifier)).refresh_token);
    }
    const theirs = await (await fetch(`http://127.0.0.1:${peer.port}/refresh-tokens`)).json();
    return {
      sides: {
        product: refreshing(`${product.origin}/oidc/token`, basic(client.id, client.secret), ours),
        peer: refreshing(`http://127.0.0.1:${peer.port}/token`, basic('web', 'a-secret-for-measuring'), theirs),
      },
      async close() {
        await Promise.all([product.stop(), peer.stop()]);
        await database.close();
      },
    };
  },
};
