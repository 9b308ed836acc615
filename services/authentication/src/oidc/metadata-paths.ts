import type { IncomingMessage } from 'node:http';
import type { Mount } from '@symbolon/web';

/** Where the provider is mounted, which is the path of its issuer. */
export const PROVIDER_PATH = '/oidc';

const DOCUMENTS = ['oauth-authorization-server', 'openid-configuration'] as const;

/** Node's request as a mount gets it: `url` is what is behind the mount, `originalUrl` the whole. */
type Mounted = IncomingMessage & { originalUrl?: string };

/**
 * RFC 8414 section 3.1: of an issuer with a path, the well-known part of its metadata's address comes before that path. The provider answers there as it
 * does behind its own path, which OpenID Connect Discovery asks for.
 */
export const metadataPaths = (handler: Mount['handler']): readonly Mount[] =>
  DOCUMENTS.map((name) => ({
    path: `/.well-known/${name}${PROVIDER_PATH}`,
    handler: (request: Mounted, response) => {
      const query = /^\/?(\?.*)?$/.exec(request.url ?? '');
      request.url = query ? `/.well-known/${name}${query[1] ?? ''}` : '/.well-known/nothing';
      request.originalUrl = `${PROVIDER_PATH}${request.url}`;
      handler(request, response);
    },
  }));
