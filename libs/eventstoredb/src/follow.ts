import { Invalid, isPosition, partsOf } from '@symbolon/event-sourcing';
import type { Passed, Position, Recorded } from '@symbolon/event-sourcing';
import type { Connection } from './connection.js';
import { Feed } from './feed.js';
import { placed, recorded } from './records.js';
import type { Given } from './records.js';
import type { Head, Watch } from './watch.js';

/** Events of some categories in log order, each once, for ever; ends when `signal` aborts, throws `Unavailable` when the server goes. */
export async function* followAll(connection: Connection, watch: Watch, categories: readonly string[], after: Position | undefined, signal: AbortSignal): AsyncGenerator<Recorded | Passed> {
  const head = await watch.fresh();
  const from = resumed(after, head);
  const feed = new Feed({ client: connection.open(), categories, from, credentials: connection.options.credentials });
  const leave = watch.join(feed);
  const wake = (): void => feed.moved();
  signal.addEventListener('abort', wake);
  let given = after ?? '';
  try {
    while (!signal.aborted) {
      if (watch.era !== head.era) throw connection.replaced();
      const item = feed.shift();
      if (item === undefined) {
        const passed = watch.passed(categories, given);
        if (passed === undefined) await feed.changed();
        else yield { passed: (given = passed) };
      } else if ('checkpoint' in item) {
        const passed = placed(item.checkpoint, head.era);
        if (watch.reaches(passed) && passed > given) yield { passed: (given = passed) };
      } else if (item.event) {
        const event = recorded(item.event as Given, head.era);
        connection.learn({ ...item.event.position, id: event.id });
        given = event.position;
        yield event;
      }
    }
  } finally {
    signal.removeEventListener('abort', wake);
    leave();
    feed.close();
  }
}

/** Where to go on from; refuses a place that this log never reached, as after a restore from an older backup. To the server it would look like a quiet log. */
function resumed(after: Position | undefined, { at, era }: Head): { commit: bigint; prepare: bigint } | undefined {
  if (after === undefined) return undefined;
  const [commit, prepare] = isPosition(after) ? partsOf(after) : [];
  if (commit === undefined || prepare === undefined)
    throw new Invalid('store/bad_position', `not a position of this log: ${JSON.stringify(after.slice(0, 64))}; events of another engine are brought over with "symbolon events copy"`);
  if (at === undefined || after.slice(0, 4) > at.slice(0, 4) || after.slice(4) > at.slice(4))
    throw new Invalid('store/position_beyond_log', `The position ${after} lies beyond the log, which ends at ${at ?? 'its beginning'} in era ${era}: the log was restored from an older backup. Run "symbolon events restored".`);
  return { commit, prepare };
}
