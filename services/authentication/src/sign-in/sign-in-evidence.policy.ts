/** What a service that weighs sign-ins may answer; undefined: no answer within the budget. */
export type RiskAnswer = 'allow' | 'challenge' | 'deny' | undefined;

/** What a right password still needs. */
export type Needs = 'nothing' | 'code' | 'refusal';

/** Without an answer about the risk a known device passes and any other gets a mailed code. An allowance never spares an unknown device its code. */
export function needs(knownDevice: boolean, risk: RiskAnswer): Needs {
  if (risk === 'deny') return 'refusal';
  return knownDevice && risk !== 'challenge' ? 'nothing' : 'code';
}

/** What was proven, in the words of RFC 8176. A mailed code is no second factor: the level stays the same. */
export const evidence = (codeGiven: boolean): Readonly<{ acr: 'aal1'; amr: readonly string[] }> => ({ acr: 'aal1', amr: codeGiven ? ['pwd', 'mca'] : ['pwd'] });
