import { Inject, Injectable } from '@nestjs/common';
import type { Ports } from '@symbolon/web';
import { PORTS } from '../tokens.js';

/** A sign-in whose password was right. */
export type AcceptedPassword = Readonly<{ accountId: string; credentialId: string }>;

/** Where visits to the sign-in pages stand, kept by the server for as long as an interaction lives. */
@Injectable()
export class SignInSteps {
  constructor(@Inject(PORTS) private readonly ports: Ports) {}

  /** The password that was accepted in this interaction, unless too much time went by. */
  async accepted(interaction: string): Promise<AcceptedPassword | undefined> {
    const { rows } = await this.ports.database.query<{ account_id: string; credential_id: string }>(
      'select account_id, credential_id from authentication.sign_in_steps where interaction = $1 and expires_at > clock_timestamp()',
      [interaction],
    );
    const row = rows[0];
    return row && { accountId: row.account_id, credentialId: row.credential_id };
  }

  /** The newest password counts: somebody may have gone back and signed in to another account. */
  async accept(interaction: string, { accountId, credentialId }: AcceptedPassword): Promise<void> {
    await this.ports.database.query(
      `insert into authentication.sign_in_steps (interaction, account_id, credential_id, expires_at) values ($1, $2, $3, clock_timestamp() + interval '30 minutes')
       on conflict (interaction) do update set account_id = excluded.account_id, credential_id = excluded.credential_id, expires_at = excluded.expires_at`,
      [interaction, accountId, credentialId],
    );
  }

  /** The code was given: the step is behind. One that nobody took goes by itself half an hour later. */
  async clear(interaction: string): Promise<void> {
    await this.ports.database.query('delete from authentication.sign_in_steps where interaction = $1', [interaction]);
  }
}
