import { Provider } from 'oidc-provider';

/**
 * What the answer to a request to the provider rests on: the account and the epoch of its proofs, as the session, code or token says that the request
 * came with; and, by client, where the log stood when what the person allowed it was last withdrawn. What is written in the request carries it.
 */
type Rests = { readonly epochs: Map<string, number>; readonly revoked: Map<string, string> };

const known = new WeakMap<object, Rests>();

function ofRequest(): Rests | undefined {
  const ctx = Provider.ctx as unknown as object | undefined;
  if (!ctx) return undefined;
  const rests = known.get(ctx) ?? { epochs: new Map(), revoked: new Map() };
  known.set(ctx, rests);
  return rests;
}

/** The request rests on this epoch of the account; a login that it brings counts for more than the session that was there. */
export const restOnEpoch = (account: string, epoch: number): void => void ofRequest()?.epochs.set(account, epoch);

/** The epoch that the request rests on; before any proof it is the first. */
export const restsOnEpoch = (account: string | undefined): number => (account === undefined ? undefined : ofRequest()?.epochs.get(account)) ?? 0;

/** The request rests on what the person allowed the client, as that stood after the withdrawal at `revoked` (`''`: there was none). */
export const restOnAuthorization = (account: string, client: string, revoked: string): void => void ofRequest()?.revoked.set(`${account} ${client}`, revoked);

/** Undefined: nothing was read of it in this request. */
export const restsOnAuthorization = (account: string | undefined, client: string | undefined): string | undefined => ofRequest()?.revoked.get(`${account} ${client}`);
