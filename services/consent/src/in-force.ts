import { topics } from '@symbolon/events';
import type { Position } from '@symbolon/event-sourcing';
import type { Ports } from '@symbolon/web';

/** Whether authentication acts on what this subject withdrew at `sequence`; no answer counts as no. */
export async function inForce(ports: Pick<Ports, 'ask' | 'log'>, subject: string, sequence: Position | null): Promise<boolean> {
  if (sequence === null) return true;
  try {
    return await ports.ask<boolean>('authentication.applied', { topic: topics.consent, subject, sequence }, 2_500);
  } catch (error) {
    ports.log.warn({ error: (error as Error).name }, 'nobody says whether a withdrawal is in force');
    return false;
  }
}
