import { text } from '../page/index.js';
import type { Brand } from '../page/index.js';
import type { Letter } from '../sign-in/sign-in.mail.js';

/** Code and link for a forgotten password. The link's origin is the configured one, whatever a request says. */
export const recoverMail = (brand: Brand, code: string, link: string): Letter => ({
  subject: text('mail.recover.subject', { brand: brand.name }),
  text: text('mail.recover.text', { brand: brand.name, code, link }),
});

/** The link alone, for somebody whom staff helps: no page of theirs waits for a code. */
export const recoverByStaffMail = (brand: Brand, link: string): Omit<Letter, 'to'> => ({
  subject: text('mail.recover.subject', { brand: brand.name }),
  text: text('mail.recover-by-staff.text', { brand: brand.name, link }),
});
