import { isRewritten, parseEmail } from './email-address.js';

/** What was typed. */
export type FormTyped = Readonly<{ email: string; firstName: string; lastName: string }>;

/** What is wrong with a field: nothing was typed, or what was typed cannot be. */
export type FormFault = 'email_wrong' | 'email_rewritten' | 'first_name_missing' | 'last_name_missing' | 'name_wrong';

/** What is wrong, by field. */
export type FormFaults = Readonly<Partial<Record<'email' | 'firstName' | 'lastName', FormFault>>>;

/** Longest name, in code points. */
const LONGEST = 100;
const ONE_LINE = /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}]*$/u;

const nameFault = (name: string, missing: FormFault): FormFault | undefined => {
  if (name.trim() === '') return missing;
  return ONE_LINE.test(name) && Array.from(name.trim()).length <= LONGEST ? undefined : 'name_wrong';
};

const emailFault = (email: string): FormFault | undefined => (parseEmail(email) ? undefined : isRewritten(email) ? 'email_rewritten' : 'email_wrong');

/** Faults of the form, all at once, so that nobody has to send it twice to learn of the second. */
export function formFaults({ email, firstName, lastName }: FormTyped): FormFaults {
  const found = {
    email: emailFault(email),
    firstName: nameFault(firstName, 'first_name_missing'),
    lastName: nameFault(lastName, 'last_name_missing'),
  };
  return Object.fromEntries(Object.entries(found).filter(([, fault]) => fault !== undefined));
}
