// What the sample asks of the provider, with openid-client.
import * as oidc from 'openid-client';

/** Discovery happens at the first use and again after a failure: the sample may start before its provider. */
export function provider({ issuer, clientId, clientSecret, redirectUri, home }) {
  const options = { execute: new URL(issuer).protocol === 'http:' ? [oidc.allowInsecureRequests] : [] };
  let discovered;
  const configuration = async () => {
    discovered ??= await oidc.discovery(new URL(issuer), clientId, undefined, oidc.ClientSecretBasic(clientSecret), options);
    return discovered;
  };
  const kept = (tokens, before = {}) => ({
    claims: tokens.claims() ?? before.claims,
    idToken: tokens.id_token ?? before.idToken,
    accessToken: tokens.access_token,
    refreshToken: tokens.refresh_token ?? before.refreshToken,
  });

  return {
    /** Where to send the browser, and what to remember until it comes back. */
    async begin(prompt) {
      const pending = { verifier: oidc.randomPKCECodeVerifier(), state: oidc.randomState() };
      const url = oidc.buildAuthorizationUrl(await configuration(), {
        redirect_uri: redirectUri,
        scope: 'openid email profile',
        code_challenge: await oidc.calculatePKCECodeChallenge(pending.verifier),
        code_challenge_method: 'S256',
        state: pending.state,
        ...(prompt ? { prompt } : {}),
      });
      return { pending, location: url.href };
    },
    async finish(url, { verifier, state }) {
      return kept(await oidc.authorizationCodeGrant(await configuration(), url, { pkceCodeVerifier: verifier, expectedState: state, idTokenExpected: true }));
    },
    userInfo: async ({ accessToken, claims }) => oidc.fetchUserInfo(await configuration(), accessToken, claims.sub),
    /** Undefined: the provider no longer accepts the refresh token. */
    async refresh(session) {
      if (!session.refreshToken) return undefined;
      try {
        return kept(await oidc.refreshTokenGrant(await configuration(), session.refreshToken), session);
      } catch {
        return undefined;
      }
    },
    signOutAddress: async ({ idToken }) => oidc.buildEndSessionUrl(await configuration(), { id_token_hint: idToken, post_logout_redirect_uri: home }).href,
  };
}
