import { on, once } from 'node:events';
import { createServer } from 'node:http';
import * as oidc from 'openid-client';

const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_REDIRECT_URI, API_URL } = process.env;
const issuer = await oidc.discovery(new URL(OIDC_ISSUER), OIDC_CLIENT_ID, undefined, oidc.None(), { execute: [oidc.allowInsecureRequests] }); // http: on localhost only

// The answer comes to this machine alone (RFC 8252 section 7.3), at any port that is free now, or at the one that is registered.
const redirect = new URL(OIDC_REDIRECT_URI);
const server = createServer().listen(Number(redirect.port), redirect.hostname);
await once(server, 'listening');
redirect.port = `${server.address().port}`;

const [verifier, state] = [oidc.randomPKCECodeVerifier(), oidc.randomState()];
const api = API_URL ? { resource: API_URL } : {};
const pkce = { code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' };
const scope = `openid email profile${API_URL ? ' orders:read' : ''}`;
console.log(`Open this address in your browser:\n\n${oidc.buildAuthorizationUrl(issuer, { redirect_uri: redirect.href, scope, state, ...pkce, ...api })}\n`);

for await (const [request, response] of on(server, 'request')) {
  const answer = new URL(request.url, redirect);
  if (answer.pathname !== redirect.pathname) response.writeHead(404).end();
  else {
    const tokens = await oidc.authorizationCodeGrant(issuer, answer, { pkceCodeVerifier: verifier, expectedState: state }, api).catch((error) => console.error(error.error_description ?? error.message));
    response.writeHead(tokens ? 200 : 400, { 'content-type': 'text/plain', connection: 'close' }).end(tokens ? 'Signed in. You may close this page.' : 'Not signed in.');
    server.close();
    if (!tokens) process.exit(1);
    console.log(`Signed in: ${JSON.stringify(tokens.claims())}`);
    if (API_URL) console.log(`The API says: ${await (await fetch(API_URL, { headers: { authorization: `Bearer ${tokens.access_token}` } })).text()}`);
    break;
  }
}
