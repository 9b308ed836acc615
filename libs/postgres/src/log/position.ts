import { Invalid } from '@symbolon/event-sourcing';
import type { Position } from '@symbolon/event-sourcing';

/** End of a log: its last number (0n: empty) and the era that every position handed out carries. */
export type Head = Readonly<{ at: bigint; era: number }>;

/** 4 hex digits of era, 16 of the number in the log. */
export const position = (at: bigint, era: number): Position => era.toString(16).padStart(4, '0') + at.toString(16).padStart(16, '0');

/** Era and number of a position of this engine. */
export function parsed(text: Position): Head {
  if (!/^[0-9a-f]{20}$/.test(text)) throw new Invalid('store/bad_position', `not a position of this log: ${JSON.stringify(text.slice(0, 64))}`);
  return { era: Number.parseInt(text.slice(0, 4), 16), at: BigInt(`0x${text.slice(4)}`) };
}

/** Where to go on from; refuses a place that this log never reached, as after a restore from an older backup. */
export function resumed(after: Position | undefined, head: Head): bigint {
  if (after === undefined) return 0n;
  const { era, at } = parsed(after);
  if (era > head.era || at > head.at)
    throw new Invalid('store/position_beyond_log', `The position ${after} lies beyond the log, which ends at ${position(head.at, head.era)}: the log was restored from an older backup. Run "symbolon events restored".`);
  return at;
}
