import { Command, CommanderError } from 'commander';
import { pathToFileURL } from 'node:url';
import { accountCommands } from './account.js';
import { clientCommands } from './client.js';
import { eventCommands } from './events.js';
import { Failure } from './failure.js';
import { keyCommands } from './keys.js';
import { mailCommands } from './mails.js';
import { parkedCommands } from './parked.js';
import { seedCommand } from './seed.js';
import { tableCommands } from './tables.js';
import { version } from './version.js';

const withoutExit = (command: Command): Command => {
  command.exitOverride();
  command.commands.forEach(withoutExit);
  return command;
};

/** Runs `symbolon <arguments>`; answers with the status to exit with. */
export async function main(args: readonly string[]): Promise<number> {
  const program = new Command('symbolon').description('Operates the Symbolon that runs on this machine.').version(version(), '--version', 'the version, and the commit of this clone');
  for (const group of [accountCommands(), clientCommands(), seedCommand(), parkedCommands(), tableCommands(), keyCommands(), mailCommands(), eventCommands()]) program.addCommand(group);
  try {
    await withoutExit(program).parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    if (!(error instanceof Failure)) throw error;
    console.error(error.message);
    return 1;
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) process.exitCode = await main(process.argv.slice(2));
