import type { Ports } from '@symbolon/web';
import type { PurposeNow } from './consent.decider.js';
import type { ConsentEvent } from './events.gen.js';
import { purpose as decider } from './purpose.decider.js';
import type { PurposeEvent } from './purpose.decider.js';

/** A purpose as its stream has it now: the read table may be a moment behind, and a consent is never refused for that. Throws `Unavailable`. */
export async function purposeNow({ store, codec }: Pick<Ports<ConsentEvent>, 'store' | 'codec'>, purpose: string): Promise<PurposeNow> {
  const { events } = await store.read(`purpose-${purpose}`);
  let state = decider.initial;
  for (const recorded of events) {
    const opened = await codec.open(recorded);
    if (opened) state = decider.evolve(state, opened.event as PurposeEvent);
  }
  return state.newest === 0 ? undefined : { textVersion: state.newest, basis: state.basis ?? '', retired: state.inForce === undefined };
}
