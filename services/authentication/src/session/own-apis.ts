import { Inject, Injectable } from '@nestjs/common';
import { Unavailable } from '@symbolon/event-sourcing';
import { restOfDeadline } from '@symbolon/web';
import type { Ports } from '@symbolon/web';
import type { IdentityProvider } from '../oidc/identity-provider.js';
import { IDENTITY_PROVIDER, PORTS } from '../tokens.js';

/** A request to one of our own APIs, for a person who sits before one of our pages. */
export type OwnRequest = Readonly<{ account: Readonly<{ accountId: string; epoch: number }>; scope: string; method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'; path: string; body?: object; key?: string }>;

/** What it answered: `notYet` says that the change is stored and not in force everywhere; `position` is that of a change, where there was one to make. */
export type OwnAnswer = Readonly<{ status: number; notYet: boolean; position: string | undefined; body: Readonly<Record<string, unknown>> }>;

/** Where no request's deadline holds. Milliseconds. */
const DEADLINE = 5_000;

/** Pages are clients of the services' APIs like anybody else: over HTTP, with a token of 60 s for this one person. */
@Injectable()
export class OwnApis {
  constructor(
    @Inject(PORTS) private readonly ports: Ports,
    @Inject(IDENTITY_PROVIDER) private readonly provider: IdentityProvider,
  ) {}

  /** Throws `Unavailable` when the service does not answer or fails. */
  async call({ account, scope, method, path, body, key }: OwnRequest): Promise<OwnAnswer> {
    const token = await this.provider.token(account, [scope]);
    const { headers, signal } = restOfDeadline(DEADLINE);
    const answer = await fetch(new URL(path, this.ports.configuration.internalOrigin), {
      method,
      headers: { ...headers, authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}), ...(key ? { 'idempotency-key': key } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
      redirect: 'error',
      signal,
    }).catch((error: unknown) => {
      throw new Unavailable(`${method} ${path}`, { cause: error });
    });
    const text = await answer.text();
    if (answer.status >= 500 || answer.status === 401 || answer.status === 429) {
      this.ports.log.warn({ path, status: answer.status }, 'one of our own APIs failed');
      throw new Unavailable(`${method} ${path} answered ${answer.status}`);
    }
    const said = parsed(text);
    // A position of something else is nothing to wait for: followers pass it without keeping it.
    const position = said['changed'] === false ? undefined : (answer.headers.get('symbolon-position') ?? undefined);
    return { status: answer.status, notYet: answer.status === 202, position, body: said };
  }
}

function parsed(text: string): OwnAnswer['body'] {
  try {
    return (JSON.parse(text) as OwnAnswer['body'] | null) ?? {};
  } catch {
    return {};
  }
}
