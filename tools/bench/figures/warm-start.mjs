import { mkdtempSync, rmSync, chmodSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startProduct } from '../product.mjs';

/** Seconds from the process to a ready product, on a data folder that was used before. */
export const figure = {
  what: 'warm start to `/readyz`',
  goal: '≤ 3 s',
  unit: 's',
  digits: 2,
  rounds: 7,
  async prepare() {
    const dataDir = mkdtempSync(join(tmpdir(), 'symbolon-bench-'));
    chmodSync(dataDir, 0o711);
    await (await startProduct({ dataDir })).stop({ keep: true });
    return {
      sides: {
        product: async () => {
          const product = await startProduct({ dataDir });
          await product.stop({ keep: true });
          return product.readyAfter / 1_000;
        },
      },
      close: async () => rmSync(dataDir, { recursive: true, force: true }),
    };
  },
};
