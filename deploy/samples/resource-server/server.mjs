import { createServer } from 'node:http';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const { OIDC_ISSUER, API_URL, APPLICATION_ORIGIN = '' } = process.env;
const discovery = await fetch(`${OIDC_ISSUER}/.well-known/openid-configuration`);
const keys = createRemoteJWKSet(new URL((await discovery.json()).jwks_uri));

/** What the token says (RFC 9068); undefined: it was not made by this issuer for this API, or its time is over. */
const verified = (token) => jwtVerify(token, keys, { issuer: OIDC_ISSUER, audience: API_URL, typ: 'at+jwt', requiredClaims: ['exp', 'sub', 'client_id'] }).then(({ payload }) => payload, () => undefined);

createServer(async (request, response) => {
  const refuse = (status, error) => response.writeHead(status, { 'www-authenticate': `Bearer${error ? ` error="${error}"` : ''}` }).end();
  response.setHeader('access-control-allow-origin', APPLICATION_ORIGIN); // the browser application that may call
  if (request.method === 'OPTIONS') return response.writeHead(204, { 'access-control-allow-headers': 'authorization' }).end();
  const token = /^Bearer (\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (!token) return refuse(401);
  const claims = await verified(token);
  if (!claims) return refuse(401, 'invalid_token');
  if (!claims.scope?.split(' ').includes('orders:read')) return refuse(403, 'insufficient_scope');
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify({ customer: claims.sub, orders: ['three tulip bulbs'] }));
}).listen(new URL(API_URL).port, 'localhost', () => console.log(`Orders at ${API_URL}`));
