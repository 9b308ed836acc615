import { Command } from 'commander';
import { api } from './api.js';
import { installation } from './installation.js';
import { table } from './table.js';

type ParkedEvent = Readonly<{ service: string; subscription: string; key: string; position: string; error: string; attempts: number }>;

const path = 'operations/v1/parked';
const operations = () => api(installation(), 'operations:write');

async function list() {
  const { parked } = await operations().request<{ parked: readonly ParkedEvent[] }>('GET', path);
  if (parked.length === 0) return console.log('Nothing is parked.');
  console.log(table(['subscription', 'key', 'position', 'attempts', 'error'], parked.map(({ subscription, key, position, attempts, error }) => [subscription, key, position, String(attempts), error])));
}

async function retry(subscription: string) {
  const { handled, left } = await operations().request<{ handled: number; left: number }>('POST', `${path}/retry`, { subscription });
  console.log(`${handled} handled now, ${left} still parked.`);
}

async function skip(subscription: string, key: string, position: string) {
  const { handled, left } = await operations().request<{ handled: number; left: number }>('POST', `${path}/skip`, { subscription, key, position });
  console.log(`Passed over. ${handled} behind it handled now, ${left} still parked.`);
}

/** `symbolon parked …` */
export function parkedCommands(): Command {
  const parked = new Command('parked').description('events that could not be handled');
  parked.command('list').description('all of them, with their errors').action(list);
  parked.command('retry <subscription>').description('try them again').action(retry);
  parked.command('skip <subscription> <key> <position>').description('give up the oldest event of a key, and handle those behind it').action(skip);
  return parked;
}
