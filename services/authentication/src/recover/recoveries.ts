import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Inject, Injectable } from '@nestjs/common';
import type { Ports } from '@symbolon/web';
import { browserCookie } from '../device/browser-cookie.js';
import type { BrowserCookie } from '../device/browser-cookie.js';
import { visitHash } from '../session/visit-hash.js';
import { PORTS } from '../tokens.js';

/** A forgotten password on its way. `visit`: the hash of the visit that it was asked for at. `accountId` undefined: nobody has the address, and the pages do not tell. */
export type Recovery = Readonly<{ id: string; accountId: string | undefined; visit: string | undefined; address: string; proven: boolean }>;

/** Whom a recovery is for. */
export type Asked = Readonly<{ address: string; accountId?: string; interaction?: string }>;

type Row = { id: string; account_id: string | null; visit: string | null; address: Uint8Array; proven: boolean };

/** As long as the window in which mails for a new password are counted: whoever is refused another one has a link that is good. */
export const RECOVERY_MINUTES = 60;
const COLUMNS = 'id, account_id, interaction as visit, address, proven_at is not null as proven';
const LIVE = 'expires_at > clock_timestamp()';
const secret = () => randomBytes(32).toString('base64url');
const hash = (kind: 'browser' | 'link', value: string): Buffer => createHash('sha256').update(`recovery ${kind}|${value}`).digest();

/** Rows of forgotten passwords, bound to the browser that asked. Nothing of them opens anything without the mail. */
@Injectable()
export class Recoveries {
  readonly #cookie: BrowserCookie;

  constructor(@Inject(PORTS) private readonly ports: Ports) {
    this.#cookie = browserCookie(ports.configuration, 'recovery');
  }

  /** Begins one; the same work whether or not somebody has the address. Gives the secret of the mailed link. Without a response no browser has it: the link alone goes on. */
  async begin(response: ServerResponse | undefined, { address, accountId, interaction }: Asked): Promise<Readonly<{ recovery: Recovery; link: string }>> {
    const [id, browser, link] = [randomUUID(), secret(), secret()];
    const sealed = this.ports.vault.sealForService(Buffer.from(address), `recovery ${id}`);
    const { database } = this.ports;
    const visit = interaction === undefined ? undefined : visitHash(interaction);
    await database.query(`delete from authentication.recoveries where not ${LIVE}`);
    await database.query(
      `insert into authentication.recoveries (id, browser, link, account_id, interaction, address, expires_at)
       values ($1, $2, $3, $4, $5, $6, clock_timestamp() + make_interval(mins => $7))`,
      [id, hash('browser', browser), hash('link', link), accountId ?? null, visit ?? null, Buffer.from(sealed), RECOVERY_MINUTES],
    );
    if (response) this.#cookie.write(response, browser, RECOVERY_MINUTES * 60);
    return { recovery: { id, accountId, visit, address, proven: false }, link };
  }

  /** The recovery that this browser began. */
  async ofBrowser(request: IncomingMessage): Promise<Recovery | undefined> {
    const browser = this.#cookie.read(request);
    return browser === undefined ? undefined : this.#one('browser', hash('browser', browser));
  }

  /** The recovery that a mailed link belongs to, in whichever browser it was opened. */
  async ofLink(link: string): Promise<Recovery | undefined> {
    return this.#one('link', hash('link', link));
  }

  /** Its code was entered. */
  async prove(id: string): Promise<void> {
    await this.ports.database.query('update authentication.recoveries set proven_at = clock_timestamp() where id = $1 and account_id is not null', [id]);
  }

  /** Takes it for ten seconds; of many that try at once, one succeeds. Whoever dies with it leaves it to the next. */
  async take(id: string): Promise<boolean> {
    const { rowCount } = await this.ports.database.query(
      `update authentication.recoveries r set taken_until = clock_timestamp() + interval '10 s' from authentication.accounts_v1 a
       where r.id = $1 and r.${LIVE} and a.account = r.account_id and not a.disabled and (r.taken_until is null or r.taken_until < clock_timestamp())`,
      [id],
    );
    return rowCount === 1;
  }

  /** It was taken, and nothing came of it. */
  async release(id: string): Promise<void> {
    await this.ports.database.query('update authentication.recoveries set taken_until = null where id = $1', [id]);
  }

  /**
   * A password was changed by a session: what was begun before that sign-in is over, for its person proved the password since. What was begun after it
   * outranks it: whoever holds an older session cannot keep the owner of the mailbox out.
   */
  async outrun(accountId: string, signedIn: Date): Promise<void> {
    await this.ports.database.query('delete from authentication.recoveries where account_id = $1 and begun_at < $2', [accountId, signedIn]);
  }

  /** The account has a new password by one of them: every recovery of it is over. */
  async endAll(accountId: string): Promise<void> {
    await this.ports.database.query('delete from authentication.recoveries where account_id = $1', [accountId]);
  }

  /** This browser has none any longer. */
  forget(response: ServerResponse): void {
    this.#cookie.clear(response);
  }

  async #one(column: 'browser' | 'link', value: Buffer): Promise<Recovery | undefined> {
    const { rows } = await this.ports.database.query<Row>(`select ${COLUMNS} from authentication.recoveries where ${column} = $1 and ${LIVE}`, [value]);
    const row = rows[0];
    if (!row) return undefined;
    const address = Buffer.from(this.ports.vault.openForService(row.address, `recovery ${row.id}`)).toString();
    return { id: row.id, accountId: row.account_id ?? undefined, visit: row.visit ?? undefined, address, proven: row.proven };
  }
}
