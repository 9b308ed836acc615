// Names of the environment that the browser may see: a secret among them would be published.
export default { envPrefix: ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_REDIRECT_URI', 'API_URL', 'API_RESOURCE', 'API_SCOPE'], build: { target: 'esnext' }, preview: { port: 4730, strictPort: true } };
