import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { Ports } from '@symbolon/web';
import { browserCookie } from '../device/browser-cookie.js';
import type { BrowserCookie } from '../device/browser-cookie.js';
import { PORTS } from '../tokens.js';
import type { AcceptedPassword } from './sign-in-steps.js';

/** The sign-in that takes a proof is some redirects away. */
const SECONDS = 120;

const hash = (proof: string): Buffer => createHash('sha256').update(`proof|${proof}`).digest();

/** What somebody proved on a page outside a sign-in, with password and mail, so that the sign-in after it asks for neither again. Bound to the browser, good once. */
@Injectable()
export class Proofs {
  readonly #cookie: BrowserCookie;

  constructor(@Inject(PORTS) private readonly ports: Pick<Ports, 'configuration' | 'database'>) {
    this.#cookie = browserCookie(ports.configuration, 'proof');
  }

  /** Keeps what was proven just now in this browser. */
  async give(response: ServerResponse, { accountId, credentialId, epoch }: AcceptedPassword): Promise<void> {
    const proof = randomBytes(32).toString('base64url');
    await this.ports.database.query('delete from authentication.proofs where expires_at < clock_timestamp()');
    await this.ports.database.query(
      'insert into authentication.proofs (proof, account_id, credential_id, epoch, expires_at) values ($1, $2, $3, $4, clock_timestamp() + make_interval(secs => $5))',
      [hash(proof), accountId, credentialId, epoch, SECONDS],
    );
    this.#cookie.write(response, proof, SECONDS);
  }

  /** What this browser proved. Undefined where the account is gone or blocked, or what was proven is worth nothing any more. */
  async of(request: IncomingMessage): Promise<AcceptedPassword | undefined> {
    const proof = this.#cookie.read(request);
    if (proof === undefined) return undefined;
    const { rows } = await this.ports.database.query<{ account_id: string; credential_id: string; epoch: number }>(
      `select p.account_id, p.credential_id, p.epoch from authentication.proofs p join authentication.accounts_v1 a on a.account = p.account_id
       where p.proof = $1 and p.expires_at > clock_timestamp() and not a.disabled and a.credential_id::text = p.credential_id and a.epoch = p.epoch`,
      [hash(proof)],
    );
    const row = rows[0];
    return row && { accountId: row.account_id, credentialId: row.credential_id, epoch: row.epoch };
  }

  /** The sign-in that it was for is complete. Not before: where that fails because something is away, it is tried again. */
  async used(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const proof = this.#cookie.read(request);
    if (proof === undefined) return;
    this.#cookie.clear(response);
    await this.ports.database.query('delete from authentication.proofs where proof = $1', [hash(proof)]);
  }
}
