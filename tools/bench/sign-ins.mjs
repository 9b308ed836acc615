import { perSecond } from './load.mjs';
import { newClient, newcomer, tokens } from './visitor.mjs';

const PEOPLE = 12;

/** Whole sign-ins a second on known devices: authorize, password page, password, code, tokens. Resolves with the measurement, to be called as often as wanted. */
export async function signIns(product) {
  const client = await newClient(product);
  const people = [];
  for (let index = 0; index < PEOPLE; index += 1) people.push(await newcomer(product, client, index));
  return () =>
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
    });
}
