import type { Throttle } from '../throttle/throttle.js';
import type { ClientRegistry } from './client-registry.js';

/** How long this process looks at the counter after a wrong secret; no shorter than the limit's window. Milliseconds. */
const SUSPECT = 15 * 60_000;
const MOST = 10_000;

/**
 * Secrets of applications, with a limit for wrong ones by client and address. The counter is asked only where a wrong secret was seen a while ago: a
 * client that knows its secret costs no statement. Too many guesses and a wrong one are answered alike.
 */
export class SecretGuesses {
  readonly #suspects = new Map<string, number>();

  constructor(
    private readonly clients: Pick<ClientRegistry, 'secretFits'>,
    private readonly throttle: Pick<Throttle, 'take' | 'reset'>,
  ) {}

  /** Whether this is a secret of the client, and may be tried from this address now. */
  async fits(clientId: string, secret: string, address: string): Promise<boolean> {
    const who = `${clientId} ${address}`;
    const suspect = (this.#suspects.get(who) ?? 0) > Date.now();
    if (suspect && !(await this.throttle.take('secret', { login: who })).allowed) return false;
    const right = await this.clients.secretFits(clientId, secret);
    if (right && suspect) await this.#clear(who);
    if (!right) this.#suspect(who);
    if (!right && !suspect) await this.throttle.take('secret', { login: who });
    return right;
  }

  /** The count ends with a success, as that of a login does: a client that sent a wrong secret once is not held back by its right ones. */
  async #clear(who: string): Promise<void> {
    this.#suspects.delete(who);
    await this.throttle.reset('secret', { login: who });
  }

  /** The newest are kept, as many as fit: whoever sends from many addresses does not fill the memory. */
  #suspect(who: string): void {
    this.#suspects.delete(who);
    this.#suspects.set(who, Date.now() + SUSPECT);
    if (this.#suspects.size > MOST) this.#suspects.delete(this.#suspects.keys().next().value!);
  }
}
