import { Inject, Injectable } from '@nestjs/common';
import type { Ports } from '@symbolon/web';
import { PORTS } from '../tokens.js';
import { openMail } from './sealed-mail.js';
import type { Mail } from './sealed-mail.js';

/** A mail that was caught instead of sent. `at` is ISO time. */
export type CaughtMail = Mail & Readonly<{ id: string; at: string }>;

type Row = { id: string; sealed: Buffer; at: Date };

/** Mails that stay on this machine, since no mail server is configured. */
@Injectable()
export class CaughtMails {
  constructor(@Inject(PORTS) private readonly ports: Pick<Ports, 'database' | 'vault'>) {}

  /** Newest first; `to` leaves only those to one address. */
  async list(to?: string): Promise<readonly CaughtMail[]> {
    const { rows } = await this.ports.database.query<Row>('select id, sealed, at from authentication.caught_mails order by seq desc');
    return rows.map((row) => this.#open(row)).filter((mail) => to === undefined || mail.to.toLowerCase() === to.toLowerCase());
  }

  async one(id: string): Promise<CaughtMail | undefined> {
    const { rows } = await this.ports.database.query<Row>('select id, sealed, at from authentication.caught_mails where id::text = $1', [id]);
    return rows[0] && this.#open(rows[0]);
  }

  #open = ({ id, sealed, at }: Row): CaughtMail => ({ id, ...openMail(this.ports.vault, id, sealed), at: new Date(at).toISOString() });
}
