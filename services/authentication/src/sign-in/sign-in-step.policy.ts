/** The steps of a visit to the sign-in pages, in their order. */
export type SignInStep = 'select' | 'password' | 'code' | 'allow' | 'purposes';

/** What the server knows of the visit; nothing of it comes from the form. */
export type Visit = Readonly<{
  prompt: 'select' | 'login' | 'consent' | 'purposes';
  /** The password was right, and a mailed code is asked for. */
  passwordAccepted: boolean;
}>;

/** The step that a visit stands at. */
export const stepOf = ({ prompt, passwordAccepted }: Visit): SignInStep => (prompt === 'consent' ? 'allow' : prompt !== 'login' ? prompt : passwordAccepted ? 'code' : 'password');

/** Whether a form may be answered now. Going back to the password is always allowed before the sign-in is complete; nothing can be skipped. */
export const mayAnswer = (step: SignInStep, visit: Visit): boolean => step === stepOf(visit) || (step === 'password' && visit.prompt === 'login');
