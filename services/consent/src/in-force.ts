import type { ConsentPublicEvent } from '@symbolon/events';
import type { Position } from '@symbolon/event-sourcing';
import type { Ports } from '@symbolon/web';

type Withdrawal = Readonly<{ type: Extract<ConsentPublicEvent['type'], `${string}Withdrawn`>; subject: string; sequence: Position | null }>;

/** Whether authentication acts on this withdrawal; no answer counts as no. */
export async function inForce(ports: Pick<Ports, 'ask' | 'log'>, { type, subject, sequence }: Withdrawal): Promise<boolean> {
  if (sequence === null) return true;
  try {
    return await ports.ask<boolean>('authentication.applied', { type, subject, sequence }, 2_500);
  } catch (error) {
    ports.log.warn({ error: (error as Error).name }, 'nobody says whether a withdrawal is in force');
    return false;
  }
}
