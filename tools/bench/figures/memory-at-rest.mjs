import { memory, startProduct } from '../product.mjs';

/** Megabytes of everything that `npm start` leaves running (without the launcher), half a minute after the start. */
export const figure = {
  what: 'memory at rest (PSS of all processes)',
  goal: '≤ 300 MB',
  unit: 'MB',
  rounds: 2,
  warmUp: 0,
  async prepare() {
    return {
      sides: {
        product: async () => {
          const product = await startProduct();
          await new Promise((resolve) => setTimeout(resolve, 30_000));
          const { megabytes } = memory(product.pid);
          await product.stop();
          return megabytes;
        },
      },
    };
  },
};
