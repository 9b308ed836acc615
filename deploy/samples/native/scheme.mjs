import { createInterface } from 'node:readline/promises';
import * as oidc from 'openid-client';

// A scheme of the application's own (RFC 8252 section 7.1): a domain of its maker, backwards. On a phone the system opens the application with the
// answer's address; a program in a terminal has nobody who does, so here it is pasted.
const redirect_uri = 'com.example.bulbs:/callback';
const { OIDC_ISSUER, OIDC_CLIENT_ID } = process.env;
const issuer = await oidc.discovery(new URL(OIDC_ISSUER), OIDC_CLIENT_ID, undefined, oidc.None(), { execute: [oidc.allowInsecureRequests] }); // http: on localhost only

const [verifier, state] = [oidc.randomPKCECodeVerifier(), oidc.randomState()];
const pkce = { code_challenge: await oidc.calculatePKCECodeChallenge(verifier), code_challenge_method: 'S256' };
console.log(`Open this address in your browser:\n\n${oidc.buildAuthorizationUrl(issuer, { redirect_uri, scope: 'openid email profile', state, ...pkce })}\n`);

const terminal = createInterface({ input: process.stdin, output: process.stdout });
const answer = new URL(await terminal.question('Paste the address that it wants to open then: '));
terminal.close();
const tokens = await oidc.authorizationCodeGrant(issuer, answer, { pkceCodeVerifier: verifier, expectedState: state });
console.log(`Signed in: ${JSON.stringify(tokens.claims())}`);
