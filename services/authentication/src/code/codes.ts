import { createHmac, randomInt } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Tx } from '@symbolon/postgres';
import type { Ports } from '@symbolon/web';
import { PORTS } from '../tokens.js';
import { typedCode } from './typed-code.policy.js';

/** What a mailed code is for; codes of one purpose open nothing of another. */
export type CodePurpose = 'register' | 'sign-in' | 'recovery';

const TRIES = 5;
/** How long a code is good. */
export const CODE_MINUTES = 10;

/** Mailed codes: six digits, ten minutes, five tries, one use. What is bound to the same thing has one code at a time; asking for another does not give more tries. */
@Injectable()
export class Codes {
  constructor(@Inject(PORTS) private readonly ports: Pick<Ports, 'database' | 'configuration'>) {}

  /** A new code for this binding (a registration, an interaction …); the one before it is dead. */
  async issue(purpose: CodePurpose, binding: string): Promise<string> {
    const code = String(randomInt(1_000_000)).padStart(6, '0');
    await this.ports.database.query(
      `insert into authentication.mailed_codes as c (binding, code) values ($1, $2)
       on conflict (binding) do update set code = excluded.code, issued_at = clock_timestamp(), consumed_at = null,
         tries = case when c.first_issued_at < clock_timestamp() - interval '30 minutes' then 0 else c.tries end,
         first_issued_at = case when c.first_issued_at < clock_timestamp() - interval '30 minutes' then clock_timestamp() else c.first_issued_at end`,
      [this.#key(purpose, binding), this.#digest(purpose, binding, code)],
    );
    return code;
  }

  /** Takes the code: counts the try, and of all that enter the right one at once, one is told so. `typed` as somebody typed it. Part of `tx` when one is given. */
  async check(purpose: CodePurpose, binding: string, typed: string, tx: Tx = this.ports.database): Promise<boolean> {
    const digest = this.#digest(purpose, binding, typedCode(typed));
    const { rows } = await tx.query<{ right: boolean }>(
      `update authentication.mailed_codes set tries = tries + 1, consumed_at = case when code = $2 then clock_timestamp() end
       where binding = $1 and consumed_at is null and tries < ${TRIES} and issued_at > clock_timestamp() - make_interval(mins => ${CODE_MINUTES})
       returning code = $2 as right`,
      [this.#key(purpose, binding), digest],
    );
    return rows[0]?.right === true;
  }

  #key(purpose: CodePurpose, binding: string): Buffer {
    return createHmac('sha256', this.ports.configuration.keys.pepper).update(`code-binding|${purpose}|${binding}`).digest();
  }

  #digest(purpose: CodePurpose, binding: string, code: string): Buffer {
    return createHmac('sha256', this.ports.configuration.keys.pepper).update(`code|${purpose}|${binding}|${code}`).digest();
  }
}
