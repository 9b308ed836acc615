// What a person sees of the sample application. Everything that came from elsewhere is escaped.
const escape = (text) => String(text).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

const page = (title, body) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(title)} · Garden Club</title>
<link rel="stylesheet" href="/sample.css">
</head>
<body><main>
<p class="sign">Garden Club <span class="quiet">· a sample application</span></p>
${body}
</main></body>
</html>`;

/** What is shared, in words, and on what ground. A claim that is not here is shown under its own name. */
const shared = [
  ['email', 'Email', 'Needed to run your account'],
  ['email_verified', 'Email confirmed', 'Needed to run your account'],
  ['given_name', 'First name', 'You allowed it'],
  ['family_name', 'Last name', 'You allowed it'],
  ['name', 'Name', 'You allowed it'],
  ['locale', 'Language', 'You allowed it'],
];
const protocol = new Set(['sub', 'iss', 'aud', 'exp', 'iat', 'nonce', 'at_hash', 'sid', 'auth_time', 'acr', 'amr', 'azp', 'jti', 's_hash', 'c_hash']);

const say = (value) => (value === true ? 'Yes' : value === false ? 'No' : value);

function rows(claims) {
  const known = shared.filter(([claim]) => claims[claim] !== undefined);
  const others = Object.keys(claims).filter((claim) => !protocol.has(claim) && !shared.some(([name]) => name === claim));
  return [...known, ...others.map((claim) => [claim, claim, ''])].map(([claim, label, why]) => `<div><dt>${escape(label)}</dt><dd data-claim="${escape(claim)}">${escape(say(claims[claim]))}${why ? `<small>${escape(why)}</small>` : ''}</dd></div>`).join('\n');
}

/** Before anybody signed in. */
export const welcome = () =>
  page(
    'Welcome',
    `<h1>Grow something this year</h1>
<p>Garden Club keeps no passwords. You sign in at your own account page, and you choose there what we get to see.</p>
<div class="actions"><a class="button" href="/login">Sign in</a> <a class="button plain" href="/register">Create an account</a></div>`,
  );

const given = (claims) => claims.given_name ?? claims.name ?? claims.email ?? 'friend';

/** Signed in: what is shared and why, what can be done, and what lay in the tokens. */
export function signedIn({ idToken, userInfo, notice, accountPage }) {
  const claims = { ...idToken, ...userInfo };
  const list = rows(claims);
  return page(
    'Signed in',
    `<h1>Hello, ${escape(given(claims))}</h1>
${notice ? `<p class="quiet" role="status">${escape(notice)}</p>` : ''}
<h2 id="shared">What you share with Garden Club</h2>
${list ? `<dl class="card" aria-labelledby="shared">${list}</dl>` : '<p>Nothing but a number that stands for you, the same at every application.</p>'}
<p class="quiet">You can change your mind at any time on <a href="${escape(accountPage)}">your account page</a>.</p>
<div class="actions">
<form method="post" action="/refresh"><button class="plain">Refresh</button></form>
<form method="post" action="/logout"><button>Sign out</button></form>
</div>
<details><summary>For developers: what the provider said</summary>
<h2>ID token</h2><pre tabindex="0" id="id-token">${escape(JSON.stringify(idToken, undefined, 2))}</pre>
<h2>UserInfo</h2><pre tabindex="0" id="userinfo">${escape(JSON.stringify(userInfo, undefined, 2))}</pre>
</details>`,
  );
}

/** Something went wrong, said without blame, with the way on. */
export const problem = (message) =>
  page('Something went wrong', `<h1>That did not work</h1><p class="notice" role="alert">${escape(message)}</p><div class="actions"><a class="button" href="/login">Sign in</a> <a class="button plain" href="/">Back to the start</a></div>`);
