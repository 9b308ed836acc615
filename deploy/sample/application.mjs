// The sample relying party: a third-party application that signs people in, shows what they share and why, refreshes, signs out.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { problem, signedIn, welcome } from './pages.mjs';
import { provider as openProvider } from './provider.mjs';
import { sessionStore } from './sessions.mjs';

const stylesheet = readFileSync(new URL('sample.css', import.meta.url));
const over = 'Your session has ended. Sign in again to go on.';

const headers = (formActions) => ({
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-store',
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'content-security-policy': `default-src 'none'; style-src 'self'; form-action 'self' ${formActions}; base-uri 'none'; frame-ancestors 'none'`,
});
const redirect = (response, location, cookie) => response.writeHead(303, { location, 'cache-control': 'no-store', ...(cookie ? { 'set-cookie': cookie } : {}) }).end();

/** What each address does. A route gets the request, the response and the parsed address. */
function routes({ provider, sessions, show, accountPage }) {
  const begin = async (request, response, prompt) => {
    const { pending, location } = await provider.begin(prompt);
    redirect(response, location, sessions.start({ pending }, sessions.of(request)?.id));
  };
  const ended = (response, session) => show(response, 401, problem(over), sessions.end(session.id));
  const signedInOnly = (route) => async (request, response) => {
    const session = sessions.of(request);
    return session?.claims ? route(session, response) : redirect(response, '/');
  };

  return {
    'GET /': async (request, response) => {
      let session = sessions.of(request);
      if (!session?.claims) return show(response, 200, welcome());
      let userInfo = await provider.userInfo(session).catch(() => undefined);
      if (!userInfo) {
        const renewed = await provider.refresh(session);
        if (!renewed) return ended(response, session);
        sessions.update(session.id, renewed);
        session = renewed;
        userInfo = await provider.userInfo(session);
      }
      show(response, 200, signedIn({ idToken: session.claims, userInfo, notice: session.notice, accountPage }));
    },
    'GET /login': (request, response) => begin(request, response),
    'GET /register': (request, response) => begin(request, response, 'create'),
    'GET /callback': async (request, response, url) => {
      const session = sessions.of(request);
      if (!session?.pending) return show(response, 400, problem('This sign-in was not started in this browser, or it was started a long time ago.'));
      if (url.searchParams.get('error') === 'access_denied') return show(response, 200, problem('You did not allow Garden Club to see your data, so you are not signed in.'));
      redirect(response, '/', sessions.start(await provider.finish(url, session.pending), session.id));
    },
    'POST /refresh': signedInOnly(async (session, response) => {
      const renewed = await provider.refresh(session);
      if (!renewed) return ended(response, session);
      sessions.update(session.id, { ...renewed, notice: `Refreshed at ${new Date().toISOString().slice(11, 19)} UTC.` });
      redirect(response, '/');
    }),
    'POST /logout': signedInOnly(async (session, response) => redirect(response, await provider.signOutAddress(session), sessions.end(session.id))),
    'GET /sample.css': (_, response) => response.writeHead(200, { 'content-type': 'text/css', 'cache-control': 'max-age=300' }).end(stylesheet),
  };
}

const explain = (error) =>
  error?.error || String(error?.code ?? '').startsWith('OAUTH_')
    ? 'The provider did not accept this sign-in. It may have been used before, or have taken too long.'
    : 'The provider could not be reached. Try again in a moment.';

/** Starts the sample application; resolves when it listens. */
export async function startSample({ issuer, clientId, clientSecret, port, bind = '127.0.0.1' }) {
  const origin = `http://localhost:${port}`;
  const issuerOrigin = new URL(issuer).origin;
  const show = (response, status, html, cookie) => response.writeHead(status, { ...headers(issuerOrigin), ...(cookie ? { 'set-cookie': cookie } : {}) }).end(html);
  const provider = openProvider({ issuer, clientId, clientSecret, redirectUri: `${origin}/callback`, home: `${origin}/` });
  const table = routes({ provider, sessions: sessionStore(), show, accountPage: `${issuerOrigin}/account` });

  const server = createServer(async (request, response) => {
    const url = new URL(request.url, origin);
    const forged = request.method === 'POST' && request.headers.origin !== origin;
    const route = forged ? undefined : table[`${request.method === 'HEAD' ? 'GET' : request.method} ${url.pathname}`];
    try {
      if (route) await route(request, response, url);
      else show(response, forged ? 403 : 404, problem('There is nothing here.'));
    } catch (error) {
      if (response.headersSent) response.end();
      else show(response, 502, problem(explain(error)));
    }
  });
  await new Promise((done, fail) => server.once('error', fail).listen(port, bind, done));
  return {
    close: () =>
      new Promise((done) => {
        server.close(() => done());
        server.closeAllConnections();
      }),
  };
}
