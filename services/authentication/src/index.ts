import { endedSessions, revocations } from '@symbolon/web';
import type { Service } from '@symbolon/web';
import { accounts, roles } from './accounts.projection.js';
import { clientPublications, publications } from './authentication.publications.js';
import { authenticationModule } from './authentication.module.js';
import { ClientRegistry } from './client/client-registry.js';
import { clients, clientSecrets } from './client/clients.projection.js';
import { file_symbolon_authentication_v1_events } from './events.gen.js';
import type { AuthenticationEvent } from './events.gen.js';
import { install } from './installation.js';
import { kitFigures, kitWorkers } from './kit.js';
import { cleanupWorker } from './oidc/cleanup.js';
import { factsWorker } from './oidc/facts.js';
import { Interactions } from './oidc/interactions.js';
import { metadataPaths, PROVIDER_PATH } from './oidc/metadata-paths.js';
import { postedAsQuery } from './oidc/posted-requests.js';
import { OpenIdProvider } from './oidc/provider.js';
import { providerPages } from './oidc/provider-pages.js';
import { readable } from './oidc/readable-requests.js';
import { unreadable } from './oidc/unreadable.js';
import { createAccount } from './register/create-account.js';
import { registerWorkers } from './register/index.js';
import { answers, authorizations, claims, consents, purposes } from './released.projection.js';
import { sitePages } from './site/index.js';

/** Registration, credentials, sign-in, sessions, the OpenID Provider and its clients. */
export const authentication: Service<AuthenticationEvent> = {
  name: 'authentication',
  migrations: new URL('../migrations/', import.meta.url),
  categories: ['account', 'signin', 'client'],
  events: file_symbolon_authentication_v1_events,
  subscriptions: [accounts, roles, clients, clientSecrets, claims, consents, answers, purposes, authorizations, publications, clientPublications, ...revocations('authentication')],
  async wire(ports) {
    const registry = new ClientRegistry(ports.database);
    const provider = await OpenIdProvider.open(ports, registry, providerPages(ports.configuration.brand));
    const interactions = new Interactions(provider, registry, ports.database);
    const refuse = unreadable(ports.configuration.brand);
    const handler = readable(postedAsQuery(ports.configuration.brand, provider.handler), refuse);
    return {
      module: authenticationModule({ ports, clients: registry, provider, interactions }),
      mounts: [{ path: PROVIDER_PATH, handler }, ...metadataPaths(handler)],
      refuse,
      pages: sitePages(ports.configuration),
      figures: kitFigures(ports),
      workers: [factsWorker(ports), cleanupWorker(ports.database), provider.worker(), endedSessions(ports.database, 'authentication'), ...kitWorkers(ports), ...registerWorkers(ports)],
    };
  },
  seed: (ports) => install(ports, (account) => createAccount(ports, account)),
};
