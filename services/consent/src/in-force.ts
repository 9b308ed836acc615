import type { ConsentPublicEvent } from '@symbolon/events';
import type { Position } from '@symbolon/event-sourcing';
import { revocationKey } from '@symbolon/web';
import type { Ports } from '@symbolon/web';

/** `client`: whose authorization it is; its tokens are refused by every service's guard. */
type Withdrawal = Readonly<{ type: Extract<ConsentPublicEvent['type'], `${string}Withdrawn`>; subject: string; sequence: Position | null; client?: string }>;

/** Who acts on a withdrawal: claims and tokens are authentication's, and profiles tells attributes by its own API. */
const ASKED: Record<Withdrawal['type'], readonly string[]> = { ConsentWithdrawn: ['authentication.applied', 'profiles.applied'], ClientAuthorizationWithdrawn: ['authentication.applied'] };

/** Whether everybody who acts on this withdrawal does so already; no answer counts as no. */
export async function inForce(ports: Pick<Ports, 'ask' | 'log' | 'revoked'>, { type, subject, sequence, client }: Withdrawal): Promise<boolean> {
  if (sequence === null) return true;
  try {
    const applied = (await Promise.all(ASKED[type].map((question) => ports.ask<boolean>(question, { type, subject, sequence }, 2_500)))).every(Boolean);
    return applied && (client === undefined || (await ports.revoked(revocationKey.authorization(subject, client), sequence)));
  } catch (error) {
    ports.log.warn({ error: (error as Error).name }, 'nobody says whether a withdrawal is in force');
    return false;
  }
}
