import { Command } from 'commander';
import { api } from './api.js';
import { installation } from './installation.js';
import { table } from './table.js';

type GivenUpMail = Readonly<{ id: string; reason: string; answer: string | null; attempts: number; givenUpAt: string }>;

async function list() {
  const { mails } = await api(installation(), 'operations:write').request<{ mails: readonly GivenUpMail[] }>('GET', 'authentication/v1/mails/given-up');
  if (mails.length === 0) return console.log('Every mail of the last seven days left.');
  console.log(table(['mail', 'given up', 'attempts', 'reason', 'answer'], mails.map(({ id, givenUpAt, attempts, reason, answer }) => [id, givenUpAt, String(attempts), reason, answer ?? ''])));
}

/** `symbolon mails …` */
export function mailCommands(): Command {
  const mails = new Command('mails').description('mail that will not arrive');
  mails.command('list').description('what was given up in the last seven days, and why').action(list);
  return mails;
}
