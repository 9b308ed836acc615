import { perSecond } from '../load.mjs';
import { startPeer } from '../peer.mjs';
import { startProduct } from '../product.mjs';
import { newClient, newcomer, tokens } from '../visitor.mjs';

const PEOPLE = 12;

/** Whole sign-ins a second on known devices: authorize, password page, password, code, tokens. */
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
    const client = await newClient(product);
    const people = [];
    for (let index = 0; index < PEOPLE; index += 1) people.push(await newcomer(product, client, index));
    return {
      sides: {
        product: () =>
          perSecond({
            workers: PEOPLE,
            milliseconds: 4_000,
            act: async (worker, agent) => {
              const person = people[worker];
              const visitor = person.visitor.signedOut();
              visitor.agent = agent;
              const page = await visitor.authorize(client);
              const stop = await visitor.post(page, { login: person.email, password: person.password });
              const code = stop.sentTo?.get('code');
              if (!code) throw new Error(`no code: ${stop.status} ${stop.text}`);
              await tokens(product, client, code, page.verifier, agent);
              person.visitor = visitor;
            },
          }),
        peer: async () => (await (await fetch(`http://127.0.0.1:${peer.port}`)).json()).perSecond,
      },
      async close() {
        await Promise.all([product.stop(), peer.stop()]);
      },
    };
  },
};
