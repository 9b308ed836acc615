// The provider library by itself, as a peer: `node bare-provider.mjs memory` or `… postgres <url>`. Prints its port as one line of JSON.
// Same grants, token formats and lifetimes as the product, no product code.
import { createServer } from 'node:http';
import { generateKeyPair, exportJWK } from 'jose';
import { Provider } from 'oidc-provider';
import { rowsAdapter } from './rows-adapter.mjs';

const [store] = process.argv.slice(2);
const { PEER_DATABASE: url } = process.env;
const jwk = async (alg) => ({ ...(await exportJWK((await generateKeyPair(alg, { extractable: true })).privateKey)), alg, use: 'sig', kid: alg });
const server = createServer();
await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
const { port } = server.address();
const issuer = `http://127.0.0.1:${port}`;

const provider = new Provider(issuer, {
  ...(store === 'postgres' ? { adapter: await rowsAdapter(url) } : {}),
  clients: [
    { client_id: 'machine', client_secret: 'a-secret-for-measuring', grant_types: ['client_credentials'], redirect_uris: [], response_types: [], token_endpoint_auth_method: 'client_secret_basic' },
    { client_id: 'web', client_secret: 'a-secret-for-measuring', grant_types: ['authorization_code', 'refresh_token'], redirect_uris: ['http://127.0.0.1:9/cb'], response_types: ['code'], token_endpoint_auth_method: 'client_secret_basic' },
  ],
  jwks: { keys: [await jwk('RS256'), await jwk('ES256')] },
  cookies: { keys: ['a-cookie-key-for-measuring'] },
  rotateRefreshToken: () => true,
  issueRefreshToken: async () => true,
  findAccount: async (_ctx, sub) => ({ accountId: sub, claims: async () => ({ sub }) }),
  ttl: { AccessToken: 600, Grant: 86_400, IdToken: 300, RefreshToken: 86_400, Session: 86_400, Interaction: 600, ClientCredentials: 300 },
  features: {
    devInteractions: { enabled: false },
    clientCredentials: { enabled: true },
    resourceIndicators: {
      enabled: true,
      defaultResource: (ctx) => (ctx.oidc.params?.grant_type === 'client_credentials' ? 'urn:api' : undefined),
      getResourceServerInfo: async () => ({ scope: 'read', audience: 'urn:api', accessTokenTTL: 300, accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } }),
      useGrantedResource: async () => true,
    },
  },
});

const callback = provider.callback();
server.on('request', async (request, response) => {
  if (request.url !== '/refresh-tokens') return callback(request, response);
  // Ready refresh tokens for the load generator: what a sign-in would have left behind.
  const tokens = [];
  for (let index = 0; index < 64; index += 1) {
    const client = await provider.Client.find('web');
    const grant = new provider.Grant({ accountId: `account-${index}`, clientId: 'web' });
    grant.addOIDCScope('openid');
    const grantId = await grant.save();
    const session = new provider.Session({ accountId: `account-${index}`, loginTs: Math.floor(Date.now() / 1_000), uid: `s${index}`, authorizations: { web: { sid: `sid${index}`, grantId } } });
    await session.save(86_400);
    const token = new provider.RefreshToken({ client, accountId: `account-${index}`, grantId, scope: 'openid', claims: {}, authTime: Math.floor(Date.now() / 1_000), gty: 'authorization_code', sessionUid: `s${index}`, expiresWithSession: true });
    tokens.push(await token.save());
  }
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(tokens));
});
console.log(JSON.stringify({ port }));
