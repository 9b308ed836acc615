import { Command } from 'commander';
import { api } from './api.js';
import { installation } from './installation.js';

async function rotate() {
  await api(installation(), 'operations:write').request('POST', 'authentication/v1/keys/rotate', {});
  console.log('A new signing key is announced. It signs once every application had time to fetch it; the old one stays published until its last token expired.');
}

/** `symbolon keys …` */
export function keyCommands(): Command {
  const keys = new Command('keys').description('the keys that sign tokens');
  keys.command('rotate').description('announce a new signing key and retire the old one').action(rotate);
  return keys;
}
