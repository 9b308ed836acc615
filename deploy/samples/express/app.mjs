import express from 'express';
import oidc from 'express-openid-connect';

const { OIDC_ISSUER, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, OIDC_REDIRECT_URI, SESSION_SECRET, API_URL } = process.env;
const { origin: baseURL, pathname: callback, port } = new URL(OIDC_REDIRECT_URI);
const api = API_URL ? { resource: API_URL } : undefined;
const app = express();

app.use(
  oidc.auth({
    issuerBaseURL: OIDC_ISSUER,
    clientID: OIDC_CLIENT_ID,
    clientSecret: OIDC_CLIENT_SECRET,
    baseURL,
    secret: SESSION_SECRET,
    authRequired: false,
    idpLogout: true, // signs out at the issuer too
    routes: { callback },
    authorizationParams: { response_type: 'code', scope: `openid email profile${API_URL ? ' orders:read' : ''}`, ...api },
    tokenEndpointParams: api,
  }),
);

app.get('/', (request, response) => response.send(request.oidc.isAuthenticated() ? `Hello ${request.oidc.user.email}. <a href="/claims">Claims</a> <a href="/orders">Orders</a> <a href="/logout">Sign out</a>` : '<a href="/login">Sign in</a>'));
app.get('/claims', oidc.requiresAuth(), (request, response) => response.json(request.oidc.user));
app.get('/orders', oidc.requiresAuth(), async (request, response) => {
  let { accessToken } = request.oidc;
  if (accessToken.isExpired()) accessToken = await accessToken.refresh();
  response.json(await (await fetch(API_URL, { headers: { authorization: `Bearer ${accessToken.access_token}` } })).json());
});

app.listen(port, 'localhost', () => console.log(`Open ${baseURL}`));
