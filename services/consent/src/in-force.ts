import type { ConsentPublicEvent } from '@symbolon/events';
import type { Position } from '@symbolon/event-sourcing';
import type { Ports } from '@symbolon/web';

type Withdrawal = Readonly<{ type: Extract<ConsentPublicEvent['type'], `${string}Withdrawn`>; subject: string; sequence: Position | null }>;

/** Who acts on a withdrawal: claims and tokens are authentication's, and profiles tells attributes by its own API. */
const ASKED: Record<Withdrawal['type'], readonly string[]> = { ConsentWithdrawn: ['authentication.applied', 'profiles.applied'], ClientAuthorizationWithdrawn: ['authentication.applied'] };

/** Whether everybody who acts on this withdrawal does so already; no answer counts as no. */
export async function inForce(ports: Pick<Ports, 'ask' | 'log'>, { type, subject, sequence }: Withdrawal): Promise<boolean> {
  if (sequence === null) return true;
  try {
    return (await Promise.all(ASKED[type].map((question) => ports.ask<boolean>(question, { type, subject, sequence }, 2_500)))).every(Boolean);
  } catch (error) {
    ports.log.warn({ error: (error as Error).name }, 'nobody says whether a withdrawal is in force');
    return false;
  }
}
