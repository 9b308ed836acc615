import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mailServer } from '../tools/engines/mail-server.js';
import type { MailServer } from '../tools/engines/mail-server.js';
import { machineToken, startProduct } from './product.js';
import type { Product } from './product.js';
import { newClient, request, Visitor } from './relying-party.js';
import type { Client } from './relying-party.js';

let server: MailServer;
let product: Product;
let client: Client;

beforeAll(async () => {
  server = await mailServer((line) => {
    if (line.startsWith('RCPT TO:<stuck')) return '';
    return line.startsWith('RCPT TO:<gone') ? '550 5.1.1 gone@example.com is nobody' : undefined;
  });
  product = await startProduct({ environment: { SYMBOLON_SMTP_URL: server.url, SYMBOLON_BRAND_NAME: 'Ann, Bob & Co.' } });
  client = await newClient(product);
}, 120_000);
afterAll(async () => {
  await product?.stop();
  await server?.close();
});

const askForAccount = async (email: string) => {
  const who = new Visitor(product);
  const form = await who.go(`${(await who.authorize(request(client).params)).address.pathname}/register`);
  return who.press(form, 'Create account', { email, password: 'four quiet geese over Delft', first_name: 'Ada', last_name: 'Lovelace' });
};
const givenUp = async (scope = 'operations:write') => {
  const answer = await fetch(`${product.origin}/api/authentication/v1/mails/given-up`, { headers: { authorization: `Bearer ${await machineToken(product, scope)}` } });
  return { status: answer.status, body: await answer.text() };
};
async function until(so: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 60_000; Date.now() < end; await new Promise((resolve) => setTimeout(resolve, 50))) if (await so()) return;
  throw new Error('it never came to that');
}

describe('mail through a server', () => {
  it('abuse 106: arrives while receivers that never answer are waited for, from one sender whatever its name', async () => {
    for (let index = 0; index < 5; index += 1) await askForAccount(`stuck${index}@example.com`);
    await askForAccount('ann@example.com');
    await until(() => server.received.some((text) => text.includes('To: ann@example.com')));
    expect(server.received).toHaveLength(1);
    expect(server.received[0]).toContain('From: "Ann, Bob & Co." <no-reply@localhost>');
  }, 90_000);

  it('that is refused for good is shown to the operator alone, without the receiver: in the API, by command, in the metrics and in the log', async () => {
    expect((await askForAccount('gone@example.com')).status).toBe(200);
    await until(async () => (await givenUp()).body.includes('refused'));
    const { mails } = JSON.parse((await givenUp()).body) as { mails: object[] };
    expect(mails).toEqual([{ id: expect.any(String), reason: 'refused', answer: '550 5.1.1', attempts: 1, queuedAt: expect.any(String), givenUpAt: expect.any(String) }]);
    expect((await givenUp('clients:read')).status).toBe(403);
    const metrics = await (await fetch(`${product.operations}/metrics`)).text();
    expect(metrics).toContain('symbolon_mails_given_up{reason="refused"} 1');
    const cli = spawnSync(process.execPath, [fileURLToPath(new URL('../libs/cli/dist/index.js', import.meta.url)), 'mails', 'list'], { env: { ...process.env, NODE_OPTIONS: '', SYMBOLON_DATA_DIR: product.dataDir }, encoding: 'utf8' });
    expect(cli.stdout).toContain('550 5.1.1');
    expect(product.printed()).toContain('a mail is given up');
    for (const text of [JSON.stringify(mails), metrics, cli.stdout, product.printed()]) expect(text).not.toContain('gone@');
  }, 90_000);
});
