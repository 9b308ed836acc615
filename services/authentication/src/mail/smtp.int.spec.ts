import { afterEach, describe, expect, it } from '@jest/globals';
import { mailServer } from '../../../../tools/engines/mail-server.js';
import type { MailServer, Says } from '../../../../tools/engines/mail-server.js';
import { sending, senderOf } from './smtp.js';

const id = '7d1fe4a2-3d3e-4a57-9a6c-0f3b6f6f0001';
const letter = { to: 'ann@example.com', subject: 'Your code', text: 'It is 123456.' };
let server: MailServer;
afterEach(() => server?.close());

async function send(says?: Says, { mail = letter, mailFrom = 'id@example.com', milliseconds = 10_000, user = '' } = {}): Promise<unknown> {
  server = await mailServer(says);
  const deliver = sending({ smtpUrl: server.url.replace('//', `//${user}`), mailFrom, origin: 'https://id.example.com', milliseconds });
  return deliver(id, mail, Buffer.alloc(0)).then(() => 'sent', (error: unknown) => error);
}
const at = (command: RegExp, said: string): Says => (line) => (command.test(line) ? said : undefined);
const untilClosed = async () => {
  for (const until = performance.now() + 10_000; server.open() > 0 && performance.now() < until; ) await new Promise((resolve) => setTimeout(resolve, 20));
  return server.open();
};

describe('a mail over SMTP', () => {
  it('is sent', async () => {
    expect(await send()).toBe('sent');
    expect(server.received).toHaveLength(1);
  });

  it.each<[string, Says]>([
    ['never greets', at(/^CONNECT/, '')],
    ['does not answer for the receiver', at(/^RCPT/, '')],
    ['does not answer for the text', at(/^TEXT/, '')],
    ['answers every line a little later', (line) => new Promise((resolve) => setTimeout(() => resolve(line === 'CONNECT' ? '220 here' : undefined), 200))],
  ])('abuse 106: ends when its time is over where the server %s, and the connection with it', async (_, says) => {
    expect(await send(says, { milliseconds: 500 })).toMatchObject({ code: 'ETIMEDOUT', message: expect.not.stringContaining('ann') });
    expect(await untilClosed()).toBe(0);
    expect(server.lines).not.toContain('QUIT');
  }, 30_000);

  it.each([
    [/^MAIL/, '550 5.7.1 not from you', '550 5.7.1'],
    [/^RCPT/, '550 5.1.1 ann@example.com is nobody', '550 5.1.1'],
    [/^DATA/, '554 no', '554'],
    [/^TEXT/, '552-5.2.2 ann@example.com\n552 5.2.2 is full', '552 5.2.2'],
  ])('is undeliverable when %s is answered for good', async (command, said, answer) => {
    const error = await send(at(command, said));
    expect(error).toMatchObject({ because: 'refused', answer });
    expect(String(error)).not.toContain('ann@');
  });

  it.each([
    [/^RCPT/, '451 4.7.1 later'],
    [/^TEXT/, '452 later'],
    [/^CONNECT/, '554 we know you not'],
    [/^CONNECT/, '421 busy'],
  ])('may be tried again when %s is answered with %s', async (command, said) => {
    const error = await send(at(command, said));
    expect(error).toBeInstanceOf(Error);
    expect(error).not.toHaveProperty('because');
  });

  it('may be tried again when the password of the operator is refused', async () => {
    const error = await send((line) => (line.startsWith('EHLO') ? '250-here\n250 AUTH PLAIN' : line.startsWith('AUTH') ? '535 5.7.8 wrong' : undefined), { user: 'user:password@' });
    expect(server.lines.some((line) => line.startsWith('AUTH'))).toBe(true);
    expect(error).not.toHaveProperty('because');
  });

  it('to an address beyond ASCII goes to a server with SMTPUTF8, and to no other one', async () => {
    const mail = { ...letter, to: 'zoë@bücher.example' };
    expect(await send(undefined, { mail })).toMatchObject({ because: 'needs_smtputf8' });
    expect(server.lines.filter((line) => /^(MAIL|RCPT)/.test(line))).toEqual([]);
    await server.close();
    expect(await send(at(/^EHLO/, '250-here\n250 SMTPUTF8'), { mail })).toBe('sent');
    expect(server.lines.find((line) => line.startsWith('MAIL'))).toContain('SMTPUTF8');
    expect(server.lines.find((line) => line.startsWith('RCPT'))).toContain('zoë@');
  });

  it('to a domain beyond ASCII goes to every server, in ASCII', async () => {
    expect(await send(undefined, { mail: { ...letter, to: 'ann@bücher.example' } })).toBe('sent');
    expect(server.lines.find((line) => line.startsWith('RCPT'))).toBe('RCPT TO:<ann@xn--bcher-kva.example>');
  });

  it.each([
    ['Ann, Bob & Co. <id@example.com>', 'From: "Ann, Bob & Co." <id@example.com>'],
    ['Shop <evil@example.net>, <id@example.com>', 'From: "Shop <evil@example.net>," <id@example.com>'],
    ['"Shop; by Ann" <id@example.com>', 'From: "Shop; by Ann" <id@example.com>'],
    ['id@example.com', 'From: id@example.com'],
  ])('has one sender, whatever its name is: %s', async (mailFrom, header) => {
    expect(await send(undefined, { mailFrom })).toBe('sent');
    expect(server.received[0]).toContain(`${header}\r\n`);
    expect(server.lines.find((line) => line.startsWith('MAIL'))).toBe('MAIL FROM:<id@example.com>');
  });
});

it('reads name and address of the sender apart', () => {
  expect(senderOf('A "quoted" name <id@example.com>')).toEqual({ name: 'A "quoted" name', address: 'id@example.com' });
  expect(senderOf('"O\\"Hara" <id@example.com>')).toEqual({ name: 'O"Hara', address: 'id@example.com' });
});
