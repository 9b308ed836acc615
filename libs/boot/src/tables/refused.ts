import type { Subscription } from '@symbolon/event-sourcing';
import { Problem } from '@symbolon/web';

const refuse = (type: string, status: number, title: string, detail: string): Problem => new Problem({ type: `operations/${type}`, status, title, detail });

/** The projection of this name, if its table can be rebuilt by it alone; else throws why not. */
export function rebuildable(all: readonly Subscription[], name: string): Extract<Subscription, { kind: 'projection' }> {
  const found = all.find((subscription) => subscription.name === name);
  if (!found) throw refuse('unknown_subscription', 404, 'There is no such subscription', `No subscription is called ${name}; symbolon tables list shows those that fill a read table.`);
  if (found.kind === 'reaction') throw refuse('not_a_read_table', 409, 'A reaction fills no table', `${name} reacts to events with commands. What it did stands in the log; to react again would do it twice.`);
  if (found.kind === 'publication') throw refuse('not_a_read_table', 409, 'A publication fills no table', `${name} publishes events to a topic. What it published stands there already.`);
  const sources = all.filter((other) => other.kind === 'projection' && other.table.name === found.table.name).map((other) => other.name);
  if (sources.length > 1) throw refuse('several_sources', 409, 'Several subscriptions fill this table', `${found.table.name} is filled by ${sources.join(' and ')}; each alone would make half of it. Such a table cannot be rebuilt while it is in use.`);
  return found;
}

/** One at a time for a table. */
export const underWay = (name: string): Problem => refuse('rebuild_under_way', 409, 'A rebuild of this table is under way', `The table of ${name} is being rebuilt. Wait for its end; after a crash, some seconds.`);
