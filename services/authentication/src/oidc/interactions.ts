import type { IncomingMessage, ServerResponse } from 'node:http';
import { errors } from 'oidc-provider';
import type { InteractionResults } from 'oidc-provider';
import type { Database } from '@symbolon/postgres';
import type { ClientRegistry } from '../client/client-registry.js';
import { NOTHING, askedScopes } from './asked-scopes.policy.js';
import type { AskedScopes } from './asked-scopes.policy.js';
import { findAccountRow } from './claims.js';
import { endSessions, oneAtATime, TOKENS } from './end-sessions.js';
import { grantIdOf } from './grants.js';
import { InteractionGone } from './identity-provider.js';
import type { BrowserSession, ClientView, IdentityProvider, Interaction, Login, SessionEnd, SessionView } from './identity-provider.js';
import { sourceOf } from './page-policy.js';
import type { OpenIdProvider } from './provider.js';
import { WITHDRAWN } from './withdrawn.js';

type Details = Awaited<ReturnType<OpenIdProvider['library']['interactionDetails']>>;

/** The library keeps what our adapter added to the session of an interaction, and does not know its name. */
const epochOf = (session: object | undefined): number => (session as { epoch?: number } | undefined)?.epoch ?? 0;

const strings = (value: unknown): string[] => (Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : []);

/** The library's prompts that have a page of their own; every other one is a sign-in. */
const PROMPTS: Readonly<Record<string, Interaction['prompt']>> = { select_account: 'select', consent: 'consent', purposes: 'purposes' };

/** What our pages ask of the library. */
export class Interactions implements IdentityProvider {
  readonly #read = new WeakMap<IncomingMessage, Details>();

  constructor(
    private readonly provider: OpenIdProvider,
    private readonly clients: ClientRegistry,
    private readonly database: Database,
  ) {}

  async interaction(request: IncomingMessage, response: ServerResponse): Promise<Interaction> {
    const details = await this.#details(request, response);
    const clientId = String(details.params['client_id']);
    const client = (await this.client(clientId)) ?? { id: clientId, name: clientId, party: 'third' as const, purposes: [], disabled: true };
    return {
      uid: details.uid,
      prompt: PROMPTS[details.prompt.name] ?? 'login',
      reasons: details.prompt.reasons,
      params: details.params,
      client,
      redirectOrigin: sourceOf(details.params['redirect_uri']),
      accountId: details.session?.accountId,
      epoch: epochOf(details.session),
      asked: await this.#asked(details),
    };
  }

  finishLogin(request: IncomingMessage, response: ServerResponse, { accountId, epoch, acr, amr }: Login): Promise<string> {
    // `create` and `select_account` say that those pages have had their turn: who typed a password chose an account.
    return this.#result(request, response, { create: {}, select_account: {}, login: { accountId, epoch, acr, amr: [...amr], remember: true, ts: Math.floor(Date.now() / 1_000) } });
  }

  async finishConsent(request: IncomingMessage, response: ServerResponse, { scopes, revoked }: Readonly<{ scopes: readonly string[]; revoked: string }>): Promise<string> {
    const details = await this.#details(request, response);
    const { Grant } = this.provider.library;
    const accountId = details.session?.accountId;
    if (accountId === undefined) throw new InteractionGone('no session');
    const clientId = String(details.params['client_id']);
    const jti = grantIdOf(details.session!.uid, clientId);
    const grant = (await Grant.find(details.grantId ?? jti)) ?? new Grant({ accountId, clientId, jti } as object);
    const missing = details.prompt.details as { missingOIDCScope?: unknown; missingResourceScopes?: Record<string, unknown> };
    const allowed = (asked: unknown) => strings(asked).filter((scope) => scopes.includes(scope)).join(' ');
    const oidc = allowed(missing.missingOIDCScope);
    if (oidc !== '') grant.addOIDCScope(oidc);
    for (const [indicator, asked] of Object.entries(missing.missingResourceScopes ?? {})) if (allowed(asked) !== '') grant.addResourceScope(indicator, allowed(asked));
    const grantId = await grant.save();
    // What was withdrawn after the person answered takes this answer back too.
    await this.database.query('update authentication.grants set revoked = $2 where id = $1', [grantId, revoked]);
    return this.#result(request, response, { consent: { grantId }, purposes: {} }, true);
  }

  async withdrawnAt(accountId: string, clientId: string): Promise<string> {
    return (await this.database.query<{ at: string }>(`select ${WITHDRAWN('$1', '$2')} as at`, [accountId, clientId])).rows[0]?.at ?? '';
  }

  finishPurposes(request: IncomingMessage, response: ServerResponse): Promise<string> {
    return this.#result(request, response, { purposes: {} }, true);
  }

  finishSelection(request: IncomingMessage, response: ServerResponse): Promise<string> {
    return this.#result(request, response, { select_account: {} }, true);
  }

  async somebodyElse(request: IncomingMessage, response: ServerResponse): Promise<string> {
    const details = await this.#details(request, response);
    // First the session: where the rest fails, the page is still there and the button may be pressed again.
    if (details.session?.accountId !== undefined) await this.endSession(details.session.accountId, details.session.uid, 'sign_out');
    // What was answered, granted and proven in this visit was that person's.
    Object.assign(details, { session: undefined, grantId: undefined, lastSubmission: undefined });
    return this.#result(request, response, { select_account: {} });
  }

  abort(request: IncomingMessage, response: ServerResponse, error: string, description: string): Promise<string> {
    return this.#result(request, response, { error, error_description: description });
  }

  async session(request: IncomingMessage, response: ServerResponse): Promise<BrowserSession | undefined> {
    const library = this.provider.library;
    const session = await library.Session.get(library.createContext(request, response) as never);
    if (session.accountId === undefined || session.loginTs === undefined) return undefined;
    const { rows } = await this.database.query<{ epoch: number }>('select epoch from authentication.sessions where uid = $1', [session.uid]);
    return { uid: session.uid, accountId: session.accountId, epoch: rows[0]?.epoch ?? 0, authenticatedAt: new Date(session.loginTs * 1_000) };
  }

  async sessions(accountId: string): Promise<readonly SessionView[]> {
    const { rows } = await this.database.query<{ uid: string; signed_in_at: Date; seen_at: Date; clients: string[] }>(
      `select uid, signed_in_at, seen_at, array(select jsonb_object_keys(authorizations)) as clients from authentication.sessions
       where account = $1 and ended_at is null and expires_at > clock_timestamp() order by seen_at desc`,
      [accountId],
    );
    return rows.map(({ uid, signed_in_at, seen_at, clients }) => ({ uid, since: signed_in_at, seenAt: seen_at, clients }));
  }

  async endSession(accountId: string, uid: string, reason: SessionEnd): Promise<void> {
    await this.database.transaction((tx) => endSessions(tx, { accountId, reason, condition: 'uid = $3', value: uid }));
  }

  async accessRevoked(accountId: string, reason: SessionEnd, keep?: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      await endSessions(tx, { accountId, reason, condition: 'uid is distinct from $3', value: keep ?? null });
      await tx.query('update authentication.sessions s set epoch = a.epoch from authentication.accounts_v1 a where s.uid = $2 and s.account = $1 and a.account = $1 and s.ended_at is null', [accountId, keep ?? null]);
      for (const table of TOKENS) await tx.query(`delete from authentication.${table} t using authentication.accounts_v1 a where t.account = $1 and a.account = $1 and t.epoch < a.epoch`, [accountId]);
    });
  }

  async revokeClient(accountId: string, clientId: string, reason: string): Promise<void> {
    await this.database.transaction(async (tx) => {
      await oneAtATime(tx, accountId);
      await tx.query(
        `with gone as (delete from authentication.grants where account = $1 and client_id = $2 returning id)
         insert into authentication.facts (id, stream, type, data, subject)
         select gen_random_uuid(), 'account-' || $1::text, 'GrantRevoked', jsonb_build_object('clientId', $2::text, 'grantId', id, 'reason', $3::text), $1 from gone`,
        [accountId, clientId, reason],
      );
      for (const table of TOKENS) await tx.query(`delete from authentication.${table} where account = $1 and client_id = $2`, [accountId, clientId]);
      await tx.query('update authentication.sessions set authorizations = authorizations - $2::text where account = $1 and authorizations ? $2::text', [accountId, clientId]);
    });
  }

  token(account: Readonly<{ accountId: string; epoch: number }>, scopes: readonly string[]): Promise<string> {
    return this.provider.token(account, scopes);
  }

  async client(clientId: string): Promise<ClientView | undefined> {
    const row = await this.clients.row(clientId);
    return row && { id: row.client_id, name: row.name, party: row.party, purposes: row.purposes, disabled: row.disabled };
  }

  async #asked({ params, session }: Details): Promise<AskedScopes> {
    const [client, account] = session?.accountId === undefined ? [] : await Promise.all([this.clients.row(String(params['client_id'])), findAccountRow(this.database, session.accountId)]);
    return client && account ? askedScopes({ params, client, roles: account.roles, apiAudience: this.provider.apiAudience }) : NOTHING;
  }

  /** Read once in a request. */
  async #details(request: IncomingMessage, response: ServerResponse): Promise<Details> {
    const known = this.#read.get(request);
    if (known) return known;
    try {
      const details = await this.provider.forBrowser(request, response, () => this.provider.library.interactionDetails(request, response));
      this.#read.set(request, details);
      return details;
    } catch (error) {
      throw error instanceof errors.SessionNotFound ? new InteractionGone('the interaction is not in this browser') : error;
    }
  }

  /** Keeps the answer with the interaction that this request reads; `merge` adds it to what was answered in it before. */
  async #result(request: IncomingMessage, response: ServerResponse, result: InteractionResults, merge = false): Promise<string> {
    const details = await this.#details(request, response);
    details.result = merge && !('error' in result) ? { ...details.lastSubmission, ...result } : result;
    await this.provider.forBrowser(request, response, () => details.save(details.exp - Math.floor(Date.now() / 1_000)));
    return details.returnTo;
  }
}
