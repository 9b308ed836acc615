import { randomUUID } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import type { JWK } from 'jose';
import type { Database } from '@symbolon/postgres';
import type { Vault } from '@symbolon/vault';
import { idTokenAlgorithms } from './id-token-algorithms.js';

/** How long relying parties may cache the JWKS, in seconds; told in its Cache-Control. */
export const JWKS_MAX_AGE = 15;
/** How often a process looks whether keys changed though nobody said so, in seconds. */
export const KEYS_POLLED = 5;
/**
 * A new key signs only after everybody has had it for a minute: for that long some relying parties ask no second time (`jose` for 30 s after an unknown
 * key, others for longer than max-age). The slowest process publishes it when it has looked.
 */
const PUBLISH_SECONDS = 60 + KEYS_POLLED;
/** A retired key verifies for longer than any token lives that it signed (ID tokens and access tokens: minutes). */
const RETIRE_SECONDS = 24 * 60 * 60;

/** One key for each way in which an ID token may be signed; access tokens take ES256 (half the cost of RS256). */
const ALGORITHMS = idTokenAlgorithms;

export type SigningKey = Readonly<{ kid: string; algorithm: string; state: 'published' | 'active' | 'retired'; jwk: JWK }>;

/** What relying parties are told of the keys. */
export const publicKeys = (keys: readonly SigningKey[]): JWK[] =>
  keys.map(({ jwk: { kty, kid, alg, use, crv, x, y, n, e } }) => Object.fromEntries(Object.entries({ kty, kid, alg, use, crv, x, y, n, e }).filter(([, value]) => value !== undefined)) as unknown as JWK);

/** Whether any key has come to the end of its state. */
const DUE = `select exists (select from authentication.signing_keys where (state = 'published' and created_at < clock_timestamp() - make_interval(secs => $1))
  or (state = 'retired' and changed_at < clock_timestamp() - make_interval(secs => $2))) as due`;

type KeyRow = { kid: string; algorithm: string; state: SigningKey['state']; jwk: Buffer };

/** Signing keys in Postgres, sealed with the service's key. */
export class SigningKeys {
  constructor(
    private readonly database: Database,
    private readonly vault: Pick<Vault, 'sealForService' | 'openForService'>,
  ) {}

  /** All keys, those that sign first: the library takes the first that fits. */
  async all(): Promise<readonly SigningKey[]> {
    const { rows } = await this.database.query<KeyRow>(`select kid, algorithm, state, jwk from authentication.signing_keys order by array_position(array['active', 'published', 'retired'], state), created_at desc`);
    return rows.map(({ kid, algorithm, state, jwk }) => ({ kid, algorithm, state, jwk: JSON.parse(Buffer.from(this.vault.openForService(jwk, `signing-key:${kid}`)).toString()) as JWK }));
  }

  /** Makes the first keys of a new installation; of several processes, one does. */
  async ensure(): Promise<void> {
    for (const algorithm of ALGORITHMS) {
      const { rows } = await this.database.query('select 1 from authentication.signing_keys where algorithm = $1', [algorithm]);
      if (rows.length > 0) continue;
      const key = await this.#generate(algorithm);
      await this.database.transaction(async (tx) => {
        await tx.query(`select pg_advisory_xact_lock(hashtext('authentication.signing_keys'))`);
        await tx.query(`insert into authentication.signing_keys (kid, algorithm, jwk, state) select $1, $2, $3, 'active' where not exists (select 1 from authentication.signing_keys where algorithm = $2)`, [key.kid, algorithm, key.sealed]);
      });
    }
  }

  /** Publishes a new key of each algorithm. Resolves to their ids; they sign some seconds later (`advance`). */
  async rotate(): Promise<readonly string[]> {
    const kids: string[] = [];
    for (const algorithm of ALGORITHMS) {
      const key = await this.#generate(algorithm);
      await this.database.query(`insert into authentication.signing_keys (kid, algorithm, jwk, state) values ($1, $2, $3, 'published')`, [key.kid, algorithm, key.sealed]);
      kids.push(key.kid);
    }
    return kids;
  }

  /** Lets keys sign that everybody has by now, retires those before them, and forgets those whose tokens have all expired. Repeatable, by any process. */
  async advance(): Promise<void> {
    const { rows } = await this.database.query<{ due: boolean }>(DUE, [PUBLISH_SECONDS, RETIRE_SECONDS]);
    if (rows[0]?.due) await this.#advance();
  }

  async #advance(): Promise<void> {
    await this.database.transaction(async (tx) => {
      await tx.query(`select pg_advisory_xact_lock(hashtext('authentication.signing_keys'))`);
      await tx.query(
        `with due as (select distinct on (algorithm) kid, algorithm, created_at from authentication.signing_keys where state = 'published' and created_at < clock_timestamp() - make_interval(secs => $1) order by algorithm, created_at desc)
         update authentication.signing_keys k set state = case when k.kid = due.kid then 'active' else 'retired' end, changed_at = clock_timestamp()
         from due where k.algorithm = due.algorithm and k.created_at <= due.created_at and k.state <> 'retired'`,
        [PUBLISH_SECONDS],
      );
      await tx.query(`delete from authentication.signing_keys where state = 'retired' and changed_at < clock_timestamp() - make_interval(secs => $1)`, [RETIRE_SECONDS]);
    });
  }

  async #generate(algorithm: string): Promise<{ kid: string; sealed: Buffer }> {
    const kid = randomUUID();
    const { privateKey } = await generateKeyPair(algorithm, { extractable: true, modulusLength: 2048 });
    const jwk: JWK = { ...(await exportJWK(privateKey)), kid, alg: algorithm, use: 'sig' };
    return { kid, sealed: Buffer.from(this.vault.sealForService(Buffer.from(JSON.stringify(jwk)), `signing-key:${kid}`)) };
  }
}
