import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { Tx } from '@symbolon/postgres';
import type { Ports } from '@symbolon/web';
import { browserCookie } from '../device/browser-cookie.js';
import type { BrowserCookie } from '../device/browser-cookie.js';
import { visitHash } from '../session/visit-hash.js';
import { PORTS } from '../tokens.js';

/** What was typed, with the password as its hash only: a row that is never confirmed holds nothing that opens anything. */
export type Registrant = Readonly<{ email: string; firstName: string; lastName: string; locale: string; passwordHash: string }>;

/** A registration on its way. `visit`: the hash of the visit that it was begun at. `registrant` is gone as soon as the account is made. */
export type Registration = Readonly<{ id: string; accountId: string; visit: string; confirmed: boolean; done: boolean; registrant: Registrant | undefined }>;

type Row = { id: string; account: string; visit: string; sealed: Buffer; confirmed: boolean; done: boolean };

/** How long a registration waits for its code or link. */
export const REGISTRATION_MINUTES = 30;
const COLUMNS = 'id, account, interaction as visit, sealed, confirmed_at is not null as confirmed, done_at is not null as done';
const LIVE = 'expires_at > clock_timestamp()';

const secret = (): string => randomBytes(32).toString('base64url');
const hash = (kind: 'browser' | 'link', value: string): Buffer => createHash('sha256').update(`registration ${kind}|${value}`).digest();

/** Rows of registrations that were begun, bound to the browser that began them. */
@Injectable()
export class Registrations {
  readonly #cookie: BrowserCookie;

  constructor(@Inject(PORTS) private readonly ports: Pick<Ports, 'configuration' | 'database' | 'vault'>) {
    this.#cookie = browserCookie(ports.configuration, 'registration');
  }

  /** Begins one and binds it to the browser. Gives the secret of the mailed link. */
  async begin(response: ServerResponse, registrant: Registrant, interaction: string): Promise<Readonly<{ id: string; link: string }>> {
    const [id, browser, link] = [randomUUID(), secret(), secret()];
    await this.ports.database.query(
      `insert into authentication.registrations (id, browser, link, account, interaction, sealed, expires_at)
       values ($1, $2, $3, $4, $5, $6, clock_timestamp() + make_interval(mins => $7))`,
      [id, hash('browser', browser), hash('link', link), randomUUID(), visitHash(interaction), this.#seal(id, registrant), REGISTRATION_MINUTES],
    );
    this.#cookie.write(response, browser, REGISTRATION_MINUTES * 60);
    return { id, link };
  }

  /** The registration that this browser began at this visit. */
  async ofBrowser(request: IncomingMessage, interaction: string): Promise<Registration | undefined> {
    const browser = this.#cookie.read(request);
    return browser === undefined ? undefined : this.#one('browser = $1 and interaction = $2', [hash('browser', browser), visitHash(interaction)]);
  }

  /** The registration that a mailed link belongs to, in whichever browser it was opened. */
  async ofLink(link: string): Promise<Registration | undefined> {
    return this.#one('link = $1', [hash('link', link)]);
  }

  /** Another link, for another mail; the one before it is dead. */
  async renewLink(id: string): Promise<string> {
    const link = secret();
    await this.ports.database.query('update authentication.registrations set link = $2 where id = $1', [id, hash('link', link)]);
    return link;
  }

  /** The code is used up and the registration confirmed together: from now on it goes on without the code, whatever fails. `right` looks at the code. */
  async confirm(id: string, right: (tx: Tx) => Promise<boolean>): Promise<boolean> {
    return this.ports.database.transaction(async (tx) => {
      if (!(await right(tx))) return false;
      await tx.query('update authentication.registrations set confirmed_at = clock_timestamp() where id = $1 and confirmed_at is null', [id]);
      return true;
    });
  }

  /** Takes a confirmed registration for ten seconds; of all that try at once, one succeeds. Whoever dies with it leaves it to the next. */
  async take(id: string): Promise<boolean> {
    const { rowCount } = await this.ports.database.query(
      `update authentication.registrations set taken_until = clock_timestamp() + interval '10 s'
       where id = $1 and done_at is null and confirmed_at is not null and (taken_until is null or taken_until < clock_timestamp())`,
      [id],
    );
    return rowCount === 1;
  }

  async isDone(id: string): Promise<boolean> {
    return (await this.ports.database.query('select from authentication.registrations where id = $1 and done_at is not null', [id])).rowCount === 1;
  }

  /** It was taken, and nothing came of it. */
  async release(id: string): Promise<void> {
    await this.ports.database.query('update authentication.registrations set taken_until = null where id = $1', [id]);
  }

  /** The account is made: what was typed goes, and the browser that began learns that it may sign in. */
  async consume(id: string): Promise<void> {
    await this.ports.database.query(`update authentication.registrations set sealed = '', done_at = clock_timestamp() where id = $1 and done_at is null`, [id]);
  }

  /** It will never become an account. */
  async drop(id: string): Promise<void> {
    await this.ports.database.query('delete from authentication.registrations where id = $1', [id]);
  }

  /** Rows that nobody came back to. */
  async removeExpired(): Promise<void> {
    await this.ports.database.query(`delete from authentication.registrations where not ${LIVE}`);
  }

  #seal = (id: string, registrant: Registrant): Buffer => Buffer.from(this.ports.vault.sealForService(Buffer.from(JSON.stringify(registrant)), `registration ${id}`));

  async #one(where: string, values: readonly unknown[]): Promise<Registration | undefined> {
    const { rows } = await this.ports.database.query<Row>(`select ${COLUMNS} from authentication.registrations where ${where} and ${LIVE}`, values);
    const row = rows[0];
    if (!row) return undefined;
    const { id, account, visit, sealed, confirmed, done } = row;
    const registrant = done ? undefined : (JSON.parse(Buffer.from(this.ports.vault.openForService(sealed, `registration ${id}`)).toString()) as Registrant);
    return { id, accountId: account, visit, confirmed, done, registrant };
  }
}
