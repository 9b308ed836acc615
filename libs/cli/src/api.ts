import { randomUUID } from 'node:crypto';
import { Failure } from './failure.js';
import type { Installation } from './installation.js';

type Problem = Readonly<{ title?: string; detail?: string; type?: string; errors?: readonly Readonly<{ field: string; message?: string; rule?: string }>[] }>;

/** Speaks to the running product's API as the machine client of `admin.json`. */
export type Api = Readonly<{ request<A>(method: string, path: string, body?: object): Promise<A> }>;

const reach = async (address: string, init: RequestInit): Promise<Response> => {
  try {
    return await fetch(address, { ...init, signal: AbortSignal.timeout(15_000) });
  } catch (error) {
    throw new Failure(`Symbolon does not answer at ${new URL(address).origin}. Start it with npm start and run this command again.`, { cause: error });
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

function explain(status: number, problem: Problem): string {
  const fields = (problem.errors ?? []).map(({ field, message, rule }) => `  ${field}: ${message ?? rule ?? 'is wrong'}`);
  return [problem.detail ?? problem.title ?? `Symbolon answered ${status}.`, ...fields].join('\n');
}

/** An API client with one access token for one command. */
export function api(installed: Installation, scope: string): Api {
  const origin = new URL(installed.issuer).origin;
  let bearer: Promise<string> | undefined;
  return {
    request: async <A>(method: string, path: string, body?: object): Promise<A> => {
      bearer ??= token(installed, scope);
      const answer = await reach(`${origin}/api/${path}`, {
        method,
        headers: { authorization: `Bearer ${await bearer}`, 'idempotency-key': randomUUID(), ...(body ? { 'content-type': 'application/json' } : {}) },
        ...(body ? { body: JSON.stringify(body) } : {}),
      });
      const text = await answer.text();
      const content = text ? (JSON.parse(text) as unknown) : undefined;
      if (!answer.ok) throw new Failure(explain(answer.status, (content ?? {}) as Problem));
      return content as A;
    },
  };
}
