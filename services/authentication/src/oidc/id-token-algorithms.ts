/** What ID tokens can be signed with; an application is registered for one of them. RS256 is what every relying party can verify (OIDC Core section 15.1). */
export const idTokenAlgorithms = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;
