import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Ports } from '@symbolon/web';
import { PORTS } from '../tokens.js';

/** A password as it is kept. */
export type Credential = Readonly<{ id: string; hash: string }>;

/** Rows of password hashes. Which one counts is said by the account's newest `PasswordSet`. */
@Injectable()
export class Credentials {
  constructor(@Inject(PORTS) private readonly ports: Pick<Ports, 'database' | 'vault'>) {}

  /** Writes an inert row; `id` makes it repeatable. Resolves to its id. */
  async keep(accountId: string, hash: string, id: string = randomUUID()): Promise<string> {
    const sealed = this.ports.vault.sealForService(Buffer.from(hash), `credential:${id}`);
    await this.ports.database.query('insert into authentication.credentials (id, account, hash) values ($1, $2, $3) on conflict (id) do nothing', [id, accountId, Buffer.from(sealed)]);
    return id;
  }

  async of(id: string | undefined): Promise<Credential | undefined> {
    const { rows } = await this.ports.database.query<{ hash: Buffer }>('select hash from authentication.credentials where id = $1', [id ?? '00000000-0000-0000-0000-000000000000']);
    return rows[0] && this.opened(id!, rows[0].hash);
  }

  /** A row as it is kept → what it holds. */
  opened(id: string, hash: Uint8Array): Credential {
    return { id, hash: Buffer.from(this.ports.vault.openForService(hash, `credential:${id}`)).toString() };
  }

  async remove(id: string): Promise<void> {
    await this.ports.database.query('delete from authentication.credentials where id = $1', [id]);
  }
}
