import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AskedScopes } from './asked-scopes.policy.js';

/** An application as pages name it. */
export type ClientView = Readonly<{ id: string; name: string; party: 'first' | 'third'; purposes: readonly string[]; disabled: boolean }>;

/** One visit to the sign-in pages, between the application's request and the answer. */
export type Interaction = Readonly<{
  uid: string;
  prompt: 'select' | 'login' | 'consent' | 'purposes';
  /** Why the prompt came, in the provider's words: `no_session`, `max_age`, `login_prompt`, `account_unavailable`, … */
  reasons: readonly string[];
  params: Readonly<Record<string, unknown>>;
  client: ClientView;
  /** Origin (or scheme, of an installed application) that the answer will be redirected to, as a source of a policy; pages name it in `form-action`. */
  redirectOrigin: string | undefined;
  /** Account of the session that the browser already has, and the epoch that this session rests on. */
  accountId: string | undefined;
  epoch: number;
  /** What the application asked for and can get; nothing while nobody is signed in. */
  asked: AskedScopes;
}>;

/** The interaction does not exist (any longer) in this browser. */
export class InteractionGone extends Error {
  override readonly name = 'InteractionGone';
}

/** `epoch`: of the account's proofs, as it was when they were given. */
export type Login = Readonly<{ accountId: string; epoch: number; acr: string; amr: readonly string[] }>;

/** The session that a browser has. `epoch`: what it rests on; with another one of the account it is worth nothing. */
export type BrowserSession = Readonly<{ uid: string; accountId: string; epoch: number; authenticatedAt: Date }>;

/** A session of an account, as its owner sees it. */
export type SessionView = Readonly<{ uid: string; since: Date; seenAt: Date; clients: readonly string[] }>;

/** Why a session ended. */
export type SessionEnd = 'sign_out' | 'elsewhere' | 'password' | 'disabled' | 'administration';

/** What pages may ask of the OpenID Provider. Requests and responses are Node's own. */
export interface IdentityProvider {
  /** Throws `InteractionGone`. */
  interaction(request: IncomingMessage, response: ServerResponse): Promise<Interaction>;
  /** Finishes a login; the answer is where to redirect (303). Throws `InteractionGone`. */
  finishLogin(request: IncomingMessage, response: ServerResponse, login: Login): Promise<string>;
  /** Finishes the Allow page. `revoked`: what `withdrawnAt` said before the person's answer was stored. */
  finishConsent(request: IncomingMessage, response: ServerResponse, allowed: Readonly<{ scopes: readonly string[]; revoked: string }>): Promise<string>;
  /** Where the log stood when what this account allowed the client was last withdrawn; empty: never. */
  withdrawnAt(accountId: string, clientId: string): Promise<string>;
  /** Finishes the page that asks for purposes. */
  finishPurposes(request: IncomingMessage, response: ServerResponse): Promise<string>;
  /** Finishes the page that asks which account it shall be: the one that is signed in. */
  finishSelection(request: IncomingMessage, response: ServerResponse): Promise<string>;
  /** Signs out who is signed in in this visit, and begins it anew: the answer is where to redirect (303). May be repeated. */
  somebodyElse(request: IncomingMessage, response: ServerResponse): Promise<string>;
  /** Sends the browser back to the application with an OAuth error. */
  abort(request: IncomingMessage, response: ServerResponse, error: string, description: string): Promise<string>;
  session(request: IncomingMessage, response: ServerResponse): Promise<BrowserSession | undefined>;
  sessions(accountId: string): Promise<readonly SessionView[]>;
  endSession(accountId: string, uid: string, reason: SessionEnd): Promise<void>;
  /** After `AccessRevoked`: ends all sessions and takes away every token. `keep`: the session that revoked, which goes over to the new epoch. */
  accessRevoked(accountId: string, reason: SessionEnd, keep?: string): Promise<void>;
  /** Takes from a client what this account allowed it: grants, codes, tokens. */
  revokeClient(accountId: string, clientId: string, reason: string): Promise<void>;
  /** A token of 60 s for our own APIs, which rests on what the caller's session rests on. */
  token(account: Readonly<{ accountId: string; epoch: number }>, scopes: readonly string[]): Promise<string>;
  client(clientId: string): Promise<ClientView | undefined>;
}
