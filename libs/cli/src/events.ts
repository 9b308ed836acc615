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

/** The client of EventStoreDB sets an IP address as the name of a server; Node warns about it and does the right thing. */
function run(command: string, environment: Readonly<Record<string, string>> = {}): void {
  if (!existsSync(program)) throw new Failure('Symbolon is not built yet: type npm start (or npm run build) first.');
  const { status } = spawnSync(process.execPath, ['--disable-warning=DEP0123', program, command], { stdio: 'inherit', env: { ...process.env, ...environment } });
  if (status !== 0) throw new Failure('Nothing else was done.');
}

/** `symbolon events …`: `copy` and `restored` work while Symbolon is stopped, `setup` at any time. */
export function eventCommands(): Command {
  const events = new Command('events').description('the event log; stop Symbolon before copy and restored');
  events
    .command('copy')
    .description('bring all events from one engine to another, compare each, and let every follower go on where it was; may be interrupted and run again')
    .requiredOption('--from <address>', 'postgres:, esdb://…, or the name of a variable that holds the address')
    .requiredOption('--to <address>', 'likewise')
    .action(({ from, to }: { from: string; to: string }) => run('copy', { EVENTS_FROM: address(from), EVENTS_TO: address(to) }));
  events.command('restored').description('after the event log was restored from an older backup: begin an era, and fill again what holds more than the log').action(() => run('restored'));
  events
    .command('setup')
    .description('make a user with the least rights for Symbolon on an EventStoreDB, check its version and settings, and print the address to start with; may be run again')
    .requiredOption('--admin <address>', 'esdb://admin:password@host:2113?tlsCAFile=…, or the name of a variable that holds it')
    .option('--user <name>', 'who Symbolon shall be there', 'symbolon')
    .option('--new-password', 'give a user who is there already a new password, and print it')
    .option('--take-over', 'set the rights although other programs have events on the server that everybody may use until now')
    .action(({ admin, user, newPassword, takeOver }: { admin: string; user: string; newPassword?: true; takeOver?: true }) =>
      run('setup', { EVENTS_ADMIN: address(admin), EVENTS_USER: user, EVENTS_NEW_PASSWORD: newPassword ? 'yes' : '', EVENTS_TAKE_OVER: takeOver ? 'yes' : '' }),
    );
  return events;
}
