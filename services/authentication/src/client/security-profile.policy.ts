/** FAPI 2.0 Security Profile: keys instead of secrets, pushed requests, tokens bound to a key. */
export const isFapi2 = ({ profile }: Readonly<{ profile: string }>): boolean => profile === 'fapi2';

/** What signs in this profile (FAPI 2.0 Security Profile section 5.4.1), as far as we take it. */
export const FAPI2_ALGORITHMS: readonly string[] = ['ES256', 'PS256'];

/** What the profile fixes of an application, in the words of the library (RFC 9126 section 6, RFC 9449 section 5.2). */
export const fapi2Metadata = { require_pushed_authorization_requests: true, dpop_bound_access_tokens: true, id_token_signed_response_alg: 'ES256' } as const;

/** An application's assertion, as far as the profile speaks of it. */
export type Assertion = Readonly<{ alg: unknown; aud: unknown }>;

/** What is wrong with an assertion in this profile: its audience is the issuer as one text (section 5.3.2.1), and not the address that it is sent to. */
export function assertionFault({ alg, aud }: Assertion, issuer: string): string | undefined {
  if (!FAPI2_ALGORITHMS.includes(String(alg))) return `the assertion is signed with ${FAPI2_ALGORITHMS.join(' or ')}`;
  if (aud !== issuer) return 'the audience (aud) of the assertion is the issuer, as one string';
  return undefined;
}
