import { Inject, Injectable } from '@nestjs/common';
import type { Tx } from '@symbolon/postgres';
import type { Ports } from '@symbolon/web';
import { visitHash } from '../session/visit-hash.js';
import { PORTS } from '../tokens.js';

/** A sign-in whose password was right. `epoch`: of the account's proofs, as it was then. */
export type AcceptedPassword = Readonly<{ accountId: string; credentialId: string; epoch: number }>;

/** `proven`: the mailed code was given too, and only the sign-in itself is missing. */
export type Step = AcceptedPassword & Readonly<{ proven: boolean }>;

/** Where visits to the sign-in pages stand, kept by the server for as long as an interaction lives, by the hash of its number. */
@Injectable()
export class SignInSteps {
  constructor(@Inject(PORTS) private readonly ports: Ports) {}

  /** The password that was accepted in this interaction, unless too much time went by. */
  async accepted(interaction: string): Promise<Step | undefined> {
    const { rows } = await this.ports.database.query<{ account_id: string; credential_id: string; epoch: number; proven: boolean }>(
      'select account_id, credential_id, epoch, proven_at is not null as proven from authentication.sign_in_steps where interaction = $1 and expires_at > clock_timestamp()',
      [visitHash(interaction)],
    );
    const row = rows[0];
    return row && { accountId: row.account_id, credentialId: row.credential_id, epoch: row.epoch, proven: row.proven };
  }

  /** The code is used up and the step proven together: where the sign-in fails afterwards, nobody needs another code. `right` looks at the code. */
  async prove(interaction: string, right: (tx: Tx) => Promise<boolean>): Promise<boolean> {
    return this.ports.database.transaction(async (tx) => {
      if (!(await right(tx))) return false;
      await tx.query('update authentication.sign_in_steps set proven_at = clock_timestamp() where interaction = $1', [visitHash(interaction)]);
      return true;
    });
  }

  /** The newest password counts: somebody may have gone back and signed in to another account. */
  async accept(interaction: string, { accountId, credentialId, epoch }: AcceptedPassword): Promise<void> {
    await this.ports.database.query(
      `insert into authentication.sign_in_steps (interaction, account_id, credential_id, epoch, expires_at) values ($1, $2, $3, $4, clock_timestamp() + interval '30 minutes')
       on conflict (interaction) do update set account_id = excluded.account_id, credential_id = excluded.credential_id, epoch = excluded.epoch, proven_at = null, expires_at = excluded.expires_at`,
      [visitHash(interaction), accountId, credentialId, epoch],
    );
  }

  /** The code was given: the step is behind. One that nobody took goes by itself half an hour later. */
  async clear(interaction: string): Promise<void> {
    await this.ports.database.query('delete from authentication.sign_in_steps where interaction = $1', [visitHash(interaction)]);
  }
}
