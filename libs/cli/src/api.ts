import { randomUUID } from 'node:crypto';
import { Failure } from './failure.js';
import type { Installation } from './installation.js';
import { unreachable } from './unreachable.js';

type Problem = Readonly<{ title?: string; detail?: string; type?: string; errors?: readonly Readonly<{ field: string; message?: string; rule?: string }>[] }>;

/** What the API answered. `retryAfter` in seconds. */
export type Answer<A> = Readonly<{ status: number; body: A; retryAfter: number | undefined }>;

/** Speaks to the running product's API as the machine client of `admin.json`. `request` throws a `Failure` in words where `ask` gives any answer. */
export type Api = Readonly<{ request<A>(method: string, path: string, body?: object): Promise<A>; ask<A>(method: string, path: string, body?: object): Promise<Answer<A>> }>;

/** After this many milliseconds somebody wonders whether anything happens. */
const SILENCE = 2_000;

const reach = async (address: string, init: RequestInit): Promise<Response> => {
  const said = setTimeout(() => console.error('Waiting for Symbolon …'), SILENCE);
  try {
    return await fetch(address, { ...init, signal: AbortSignal.timeout(15_000) });
  } catch (error) {
    throw unreachable(new URL(address).origin, error);
  } finally {
    clearTimeout(said);
  }
};

async function token({ issuer, client_id, client_secret }: Installation, scope: string): Promise<string> {
  const answer = await reach(`${issuer}/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${encodeURIComponent(client_id)}:${encodeURIComponent(client_secret)}`).toString('base64')}` },
    body: new URLSearchParams({ grant_type: 'client_credentials', scope, resource: `${new URL(issuer).origin}/api` }),
  });
  const body = (await answer.json().catch(() => ({}))) as { access_token?: string; error?: string; error_description?: string };
  if (body.access_token) return body.access_token;
  throw new Failure(`The machine client of admin.json was refused (${body.error_description ?? body.error ?? answer.status}). If its secret was rotated, write the new one to admin.json.`);
}

/** A problem (RFC 9457) as lines: what is wrong, and each field with its way out. */
export function explain(status: number, problem: Problem): string {
  const fields = (problem.errors ?? []).map(({ field, message, rule }) => `  ${field}: ${message ?? rule ?? 'is wrong'}`);
  return [problem.detail ?? problem.title ?? `Symbolon answered ${status}.`, ...fields].join('\n');
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return { detail: 'What answered is not Symbolon: a proxy, perhaps, or another program at its address.' };
  }
}

/** An API client with one access token for one command. */
export function api(installed: Installation, scope: string): Api {
  const origin = new URL(installed.issuer).origin;
  let bearer: Promise<string> | undefined;
  const ask = async <A>(method: string, path: string, body?: object): Promise<Answer<A>> => {
    bearer ??= token(installed, scope);
    const answer = await reach(`${origin}/api/${path}`, {
      method,
      headers: { authorization: `Bearer ${await bearer}`, 'idempotency-key': randomUUID(), ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const wait = answer.headers.get('retry-after');
    return { status: answer.status, body: parsed(await answer.text()) as A, retryAfter: wait === null ? undefined : Number(wait) };
  };
  return {
    ask,
    request: async <A>(method: string, path: string, body?: object): Promise<A> => {
      const answer = await ask<A>(method, path, body);
      if (answer.status >= 400) throw new Failure(explain(answer.status, (answer.body ?? {}) as Problem));
      return answer.body;
    },
  };
}
