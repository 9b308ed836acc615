import { setTimeout as pause } from 'node:timers/promises';
import { Command } from 'commander';
import { api } from './api.js';
import { Failure } from './failure.js';
import { installation } from './installation.js';
import { table } from './table.js';

type Comparison = Readonly<{ live: number; next: number; onlyLive: number; onlyNext: number }>;
type Rebuild = Readonly<{ subscription: string; table: string; state: 'building' | 'comparing' | 'switching' | 'switched' | 'failed'; percent: number; comparison?: Comparison; parked?: number; fault?: string }>;

const path = 'operations/v1/tables';
/** A token of its own for each call: a rebuild may outlast one. */
const operations = () => api(installation(), 'operations:write');

async function list() {
  const { tables } = await operations().request<{ tables: readonly Readonly<{ subscription: string; table: string }>[] }>('GET', path);
  console.log(table(['subscription', 'table'], tables.map((one) => [one.subscription, one.table])));
}

const progress = ({ table: name, state, percent }: Rebuild): string => (state === 'building' ? `Building the next version beside ${name}: ${percent} %` : `${state === 'comparing' ? 'Comparing' : 'Switching'} ${name}`);

/** How a rebuild ended, in lines. */
export function outcome({ table: name, comparison, parked = 0 }: Rebuild): string {
  const { live = 0, next = 0, onlyLive = 0, onlyNext = 0 } = comparison ?? {};
  const compared = onlyLive + onlyNext === 0 ? `Compared: ${next} rows, the same in both.` : `Compared: ${live} rows before, ${next} rebuilt; ${onlyLive} stood in the old table only, ${onlyNext} in the rebuilt one only.`;
  return [compared, ...(parked === 0 ? [] : [`${parked} events could not be handled: symbolon parked list shows them.`]), `Switched: ${name} is the rebuilt table.`].join('\n');
}

async function rebuild(subscription: string) {
  let now = await operations().request<Rebuild>('POST', `${path}/rebuild`, { subscription });
  for (let shown = ''; now.state !== 'switched'; ) {
    if (now.state === 'failed') throw new Failure(now.fault ?? 'The rebuild failed.');
    if (progress(now) !== shown) console.log((shown = progress(now)));
    await pause(500);
    const found = (await operations().request<{ rebuilds: readonly Rebuild[] }>('GET', `${path}/rebuilds`)).rebuilds.find((one) => one.subscription === subscription);
    if (!found) throw new Failure('Symbolon was started anew meanwhile, which ended the rebuild; the live table is as it was. Run this command again.');
    now = found;
  }
  console.log(outcome(now));
}

/** `symbolon tables …` */
export function tableCommands(): Command {
  const tables = new Command('tables').description('read tables: what is made of the events');
  tables.command('list').description('all of them, with the subscription that fills each').action(list);
  tables.command('rebuild <subscription>').description('build one again from the log while Symbolon runs, compare, and switch').action(rebuild);
  return tables;
}
