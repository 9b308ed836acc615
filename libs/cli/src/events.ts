import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Command } from 'commander';
import { Failure } from './failure.js';

const program = fileURLToPath(new URL('../../../services/embedded/dist/events.js', import.meta.url));

const ADDRESS = /^(postgres:$|esdb(\+discover)?:\/\/)/;

/** An address may hold a password, which everybody sees among the arguments of a process: so the variable's name may stand for it. */
function address(text: string): string {
  const named = /^[A-Z_]+$/.test(text) ? process.env[text] : text;
  if (named === undefined || !ADDRESS.test(named)) throw new Failure(`${named === undefined ? `The variable ${text} is not set.` : 'That is no address of an event store.'} Give postgres: (the installation's own database), esdb://…, or the name of a variable that holds one.`);
  return named;
}

function run(command: string, environment: Readonly<Record<string, string>> = {}): void {
  if (!existsSync(program)) throw new Failure('Symbolon is not built yet: type npm start (or npm run build) first.');
  const { status } = spawnSync(process.execPath, [program, command], { stdio: 'inherit', env: { ...process.env, ...environment } });
  if (status !== 0) throw new Failure('Nothing else was done.');
}

/** `symbolon events …`: all of them work while Symbolon is stopped. */
export function eventCommands(): Command {
  const events = new Command('events').description('the event log; stop Symbolon first');
  events
    .command('copy')
    .description('bring all events from one engine to another, compare each, and let every follower go on where it was; may be interrupted and run again')
    .requiredOption('--from <address>', 'postgres:, esdb://…, or the name of a variable that holds the address')
    .requiredOption('--to <address>', 'likewise')
    .action(({ from, to }: { from: string; to: string }) => run('copy', { EVENTS_FROM: address(from), EVENTS_TO: address(to) }));
  events.command('restored').description('after the event log was restored from an older backup: begin an era, and fill again what holds more than the log').action(() => run('restored'));
  return events;
}
