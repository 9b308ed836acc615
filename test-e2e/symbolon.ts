import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { tied } from '../tools/test/tied.mjs';
import type { Product } from './product.js';

const program = fileURLToPath(new URL('../libs/cli/bin/symbolon.mjs', import.meta.url));

/** Runs a command of `symbolon` beside the product, as its operator does. */
export const symbolon = ({ dataDir }: Pick<Product, 'dataDir'>, ...args: string[]): Promise<{ status: number | null; printed: string }> =>
  new Promise((done) => {
    const child = spawn(...tied(process.execPath, [program, ...args]), { env: { ...process.env, NODE_OPTIONS: '', SYMBOLON_DATA_DIR: dataDir } });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    child.once('exit', (status) => done({ status, printed }));
  });
