import type { Adapter, AdapterConstructor, AdapterPayload } from 'oidc-provider';
import type { Database } from '@symbolon/postgres';
import type { ClientRegistry } from '../client/client-registry.js';
import { codes, pushedRequests } from './adapter-codes.js';
import { refreshTokens } from './adapter-refresh.js';
import { sessionRows } from './adapter-session.js';
import { interactions } from './adapter-interactions.js';
import { accessTokens, grants, replays } from './adapter-rows.js';
import type { Sealing } from './sealed-row.js';

/** What every model's rows need. */
export type Rows = Readonly<{ database: Database; sealing: Sealing }>;

/** The part of the library's adapter contract that a model uses; what it does not use is a fault. */
export type Model = Partial<{
  upsert(id: string, payload: AdapterPayload, expiresIn: number): Promise<void>;
  find(id: string): Promise<AdapterPayload | undefined>;
  findByUid(uid: string): Promise<AdapterPayload | undefined>;
  consume(id: string): Promise<void>;
  destroy(id: string): Promise<void>;
  revokeByGrantId(grantId: string): Promise<void>;
}>;

const unused = (model: string, method: string) => async (): Promise<never> => {
  throw new Error(`${model}.${method} is not used in this configuration`);
};

/** One adapter for each model of the library, each over a table of its own. */
export function adapters(rows: Rows, clients: ClientRegistry): AdapterConstructor {
  const models: Record<string, Model> = {
    Session: sessionRows(rows),
    Interaction: interactions(rows),
    Grant: grants(rows),
    AccessToken: accessTokens(rows),
    AuthorizationCode: codes(rows),
    RefreshToken: refreshTokens(rows),
    PushedAuthorizationRequest: pushedRequests(rows),
    ReplayDetection: replays(rows),
    // Machines get JWTs, which are not stored; introspection and revocation look here all the same.
    ClientCredentials: { find: async () => undefined },
    Client: { find: (id) => clients.metadata(id) as Promise<AdapterPayload | undefined> },
  };
  return class SymbolonAdapter implements Adapter {
    readonly #model: Required<Model>;

    constructor(name: string) {
      const known = models[name] ?? {};
      this.#model = new Proxy(known, { get: (target, method) => target[method as keyof Model] ?? unused(name, String(method)) }) as Required<Model>;
    }

    upsert(id: string, payload: AdapterPayload, expiresIn: number) {
      return this.#model.upsert(id, payload, expiresIn);
    }

    find(id: string) {
      return this.#model.find(id);
    }

    findByUid(uid: string) {
      return this.#model.findByUid(uid);
    }

    /** Device codes are not in this configuration. */
    async findByUserCode() {
      return undefined;
    }

    consume(id: string) {
      return this.#model.consume(id);
    }

    destroy(id: string) {
      return this.#model.destroy(id);
    }

    revokeByGrantId(grantId: string) {
      return this.#model.revokeByGrantId(grantId);
    }
  };
}
