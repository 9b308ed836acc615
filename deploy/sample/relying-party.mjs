import { createServer } from 'node:http';
import * as oidc from 'openid-client';

const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_REDIRECT_URI } = process.env;
const secret = oidc.ClientSecretBasic(OIDC_CLIENT_SECRET);
const issuer = await oidc.discovery(new URL(OIDC_ISSUER), OIDC_CLIENT_ID, undefined, secret, { execute: [oidc.allowInsecureRequests] }); // http: on localhost only
createServer(async (request, response) => {
  const url = new URL(request.url, OIDC_REDIRECT_URI);
  if (url.pathname === new URL(OIDC_REDIRECT_URI).pathname) {
    const pkceCodeVerifier = /verifier=([\w-]+)/.exec(request.headers.cookie)?.[1]; // bound to this browser
    const tokens = await oidc.authorizationCodeGrant(issuer, url, { pkceCodeVerifier }).catch(() => undefined);
    return response.writeHead(tokens ? 200 : 400).end(tokens ? JSON.stringify(tokens.claims()) : 'Sign in again.');
  }
  const verifier = oidc.randomPKCECodeVerifier();
  const pkce = { code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' };
  const location = oidc.buildAuthorizationUrl(issuer, { redirect_uri: OIDC_REDIRECT_URI, scope: 'openid email', ...pkce }).href;
  response.writeHead(303, { location, 'set-cookie': `verifier=${verifier}; HttpOnly; SameSite=Lax; Path=/` }).end();
}).listen(new URL(OIDC_REDIRECT_URI).port);
