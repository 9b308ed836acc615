import { endedSessions, revocations } from '@symbolon/web';
import type { Service } from '@symbolon/web';
import { accounts, roles } from './accounts.projection.js';
import { publications } from './authentication.publications.js';
import { authenticationModule } from './authentication.module.js';
import { ClientRegistry } from './client/client-registry.js';
import { clients, clientSecrets } from './client/clients.projection.js';
import { file_symbolon_authentication_v1_events } from './events.gen.js';
import type { AuthenticationEvent } from './events.gen.js';
import { install } from './installation.js';
import { kitWorkers } from './kit.js';
import { cleanupWorker } from './oidc/cleanup.js';
import { factsWorker } from './oidc/facts.js';
import { Interactions } from './oidc/interactions.js';
import { OpenIdProvider } from './oidc/provider.js';
import { providerPages } from './oidc/provider-pages.js';
import { createAccount } from './register/create-account.js';
import { registerWorkers } from './register/index.js';
import { sitePages } from './site/index.js';
import { authorizations, claims, consents, purposes } from './released.projection.js';

/** Registration, credentials, sign-in, sessions, the OpenID Provider and its clients. */
export const authentication: Service<AuthenticationEvent> = {
  name: 'authentication',
  migrations: new URL('../migrations/', import.meta.url),
  categories: ['account', 'signin', 'client'],
  events: file_symbolon_authentication_v1_events,
  subscriptions: [accounts, roles, clients, clientSecrets, claims, consents, purposes, authorizations, publications, ...revocations('authentication')],
  async wire(ports) {
    const registry = new ClientRegistry(ports.database);
    const provider = await OpenIdProvider.open(ports, registry, providerPages(ports.configuration.brand));
    const interactions = new Interactions(provider, registry, ports.database);
    return {
      module: authenticationModule({ ports, clients: registry, provider, interactions }),
      mounts: [{ path: '/oidc', handler: provider.handler }],
      pages: sitePages(ports.configuration),
      workers: [factsWorker(ports), cleanupWorker(ports.database), provider.worker(), endedSessions(ports.database, 'authentication'), ...kitWorkers(ports), ...registerWorkers(ports)],
    };
  },
  seed: (ports) => install(ports, (account) => createAccount(ports, account)),
};
