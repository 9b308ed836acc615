import { randomUUID } from 'node:crypto';
import { withoutDeadline } from '@symbolon/event-sourcing';
import type { Projection } from '@symbolon/event-sourcing';
import { isBeingBuilt } from '@symbolon/postgres';
import type { Comparison } from '@symbolon/postgres';
import type { Log, Service } from '@symbolon/web';
import type { Adapters } from '../adapters.js';
import type { Followers } from '../followers.js';
import { rebuild, RebuildGivenUp } from './rebuild.js';
import { rebuildable, underWay } from './refused.js';

/** A rebuild as an operator sees it. `comparison`: rows of the live and of the rebuilt table, and those that stood in one of them only. */
export type Rebuild = Readonly<{
  subscription: string;
  table: string;
  state: 'building' | 'comparing' | 'switching' | 'switched' | 'failed';
  percent: number;
  comparison?: Comparison;
  parked?: number;
  fault?: string;
}>;

export type RebuildsOptions = Readonly<{ services: readonly Service[]; following: Followers; adapters: Adapters; log: Log; signal: AbortSignal }>;

/** The rebuilds of read tables in this process: at most one of a table at a time, and how the last one of each ended. */
export class Rebuilds {
  readonly #last = new Map<string, Rebuild>();
  readonly #running = new Map<string, Promise<void>>();

  constructor(private readonly options: RebuildsOptions) {}

  /** Tables that a rebuild can be asked for, with what fills them. */
  tables(): readonly Readonly<{ subscription: string; table: string }>[] {
    return this.options.following.all().flatMap(({ subscription }) => (subscription.kind === 'projection' ? [{ subscription: subscription.name, table: subscription.table.name }] : []));
  }

  all(): readonly Rebuild[] {
    return [...this.#last.values()];
  }

  /** Begins; throws the problem when there is nothing to begin. */
  async start(name: string): Promise<Rebuild> {
    const projection = rebuildable(this.options.following.all().map(({ subscription }) => subscription), name);
    const table = projection.table.name;
    const elsewhere = await isBeingBuilt(this.options.adapters.owner, { table, subscription: name });
    if (elsewhere || this.#running.has(name)) throw underWay(name);
    const begun: Rebuild = { subscription: name, table, state: 'building', percent: 0 };
    this.#last.set(name, begun);
    this.#running.set(name, withoutDeadline(() => this.#run(projection)).finally(() => this.#running.delete(name))); // it outlives the request that began it
    return begun;
  }

  /** When those under way have ended or were given up. */
  async done(): Promise<void> {
    await Promise.all(this.#running.values());
  }

  async #run(projection: Projection): Promise<void> {
    const { name } = projection;
    const { adapters, following, services, log, signal } = this.options;
    const tell = (more: Partial<Rebuild>) => void this.#last.set(name, { ...this.#last.get(name)!, ...more });
    const service = services.find((one) => one.name === following.all().find(({ subscription }) => subscription.name === name)?.service)!;
    try {
      const rebuilt = await rebuild({
        projection,
        wiring: adapters.wiringOf(service, randomUUID()),
        owner: adapters.owner,
        kept: () => adapters.positionOf(name),
        told: (state, percent) => tell({ state, percent }),
        signal,
      });
      tell({ state: 'switched', ...rebuilt });
    } catch (error) {
      log.error({ subscription: name, error }, 'a read table could not be rebuilt');
      tell({ state: 'failed', fault: error instanceof RebuildGivenUp ? error.message : 'The log of the process says why. The live table is as it was.' });
    }
  }
}
