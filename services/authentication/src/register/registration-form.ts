import { shownNameFault } from '@symbolon/event-sourcing';
import { isRewritten, parseEmail } from './email-address.js';

/** What was typed. */
export type FormTyped = Readonly<{ email: string; firstName: string; lastName: string }>;

/** What is wrong with a field: nothing was typed, or what was typed cannot be. */
export type FormFault = 'email_wrong' | 'email_rewritten' | 'first_name_missing' | 'last_name_missing' | 'name_wrong';

/** What is wrong, by field. */
export type FormFaults = Readonly<Partial<Record<'email' | 'firstName' | 'lastName', FormFault>>>;

const nameFault = (name: string, missing: FormFault): FormFault | undefined => {
  const fault = shownNameFault(name);
  return fault === 'empty' ? missing : fault && 'name_wrong';
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
