import type { RiskAnswer } from './sign-in-evidence.policy.js';

/** One sign-in whose password was right. No personal data beyond the account's id. */
export type SignInAttempt = Readonly<{ accountId: string; clientId: string; knownDevice: boolean }>;

/** Asked before an interaction is finished with a login, never after. */
export interface SignInRisk {
  weigh(attempt: SignInAttempt): Promise<RiskAnswer>;
}

/** Nobody weighs sign-ins in this installation. */
export const noRiskAnswer: SignInRisk = { weigh: async () => undefined };
