import { expect, it } from '@jest/globals';
import { assertionFault, isFapi2 } from './security-profile.policy.js';

const ISSUER = 'https://id.example/oidc';

it('an application follows a profile when it says so, and by nothing else', () => expect(['fapi2', '', 'FAPI2'].map((profile) => isFapi2({ profile }))).toEqual([true, false, false]));
it.each(['ES256', 'PS256'])('an assertion of the profile is for the issuer as one text, signed with %s', (alg) => expect(assertionFault({ alg, aud: ISSUER }, ISSUER)).toBeUndefined());
it.each([[[ISSUER]], [`${ISSUER}/`], [`${ISSUER}/token`], [undefined]])('its audience is not %j', (aud) => expect(assertionFault({ alg: 'ES256', aud }, ISSUER)).toContain('one string'));
it.each(['RS256', 'EdDSA', 'HS256', undefined])('it is not signed with %s', (alg) => expect(assertionFault({ alg, aud: ISSUER }, ISSUER)).toContain('ES256 or PS256'));
