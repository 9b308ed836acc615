// `npm start`: installs what is missing, builds what is stale, runs the embedded process with the pinned Node.
// Plain JavaScript without dependencies: it must run on the host's Node before anything is installed.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { pinnedNode } from './install.mjs';
import { owner, runner } from './owner.mjs';
import { orStop, prepare } from './prepare.mjs';
import { root, Stop } from './step.mjs';
import { supervise } from './supervise.mjs';

const oldest = 20;

function checkNode() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major >= oldest) return;
  throw new Stop(`Symbolon needs Node ${oldest} or newer to start and this is ${process.version}. Install one from https://nodejs.org and type npm start again.`);
}

await orStop(async () => {
  checkNode();
  await prepare();
  const main = join(root, 'services/embedded/dist/main.js');
  if (!existsSync(main)) throw new Stop('The build left no services/embedded/dist/main.js. Type npm run build and read what it says.');
  process.exitCode = await supervise(pinnedNode(), main, runner(owner()));
});
