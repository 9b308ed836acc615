import { UserManager } from 'oidc-client-ts';

const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_REDIRECT_URI, API_URL, API_RESOURCE = API_URL, API_SCOPE = 'orders:read' } = import.meta.env;
const users = new UserManager({
  authority: OIDC_ISSUER,
  client_id: OIDC_CLIENT_ID,
  redirect_uri: OIDC_REDIRECT_URI,
  post_logout_redirect_uri: OIDC_REDIRECT_URI,
  scope: `openid email profile ${API_SCOPE}`,
  resource: API_RESOURCE, // where the person allows it
  extraTokenParams: { resource: API_RESOURCE }, // where the token is made
});

const element = (id) => document.getElementById(id);
const show = (what) => (element('shown').textContent = what instanceof Error ? what.message : JSON.stringify(what, null, 2));
const shown = (work) => () => work().then(show, show);

async function arrive() {
  const answered = new URLSearchParams(location.search).has('state');
  if (answered) await users.signinCallback().finally(() => history.replaceState({}, '', '/')); // a code is good once: nothing to load again
  return (await users.getUser())?.profile ?? 'Nobody is signed in.';
}

async function call() {
  const kept = await users.getUser();
  const user = kept.expired ? await users.signinSilent() : kept; // by the refresh token; nobody sees a page
  const answer = await fetch(API_URL, { headers: { authorization: `Bearer ${user.access_token}` } });
  if (!answer.ok) throw new Error(`The API answered ${answer.status}.`);
  return answer.json();
}

element('sign-in').onclick = shown(() => users.signinRedirect());
element('sign-out').onclick = shown(() => users.signoutRedirect());
element('call').onclick = shown(call);

await shown(arrive)();
const signedIn = Boolean(await users.getUser());
element('sign-in').hidden = signedIn;
element('call').hidden = element('sign-out').hidden = !signedIn;
