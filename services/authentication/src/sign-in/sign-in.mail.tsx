import { text } from '../page/index.js';
import type { Brand } from '../page/index.js';

/** A letter: plain words, no tracking, no picture. */
export type Letter = Readonly<{ subject: string; text: string }>;

/** The code for a browser that is not known. */
export const signInCodeMail = (brand: Brand, code: string): Letter => ({
  subject: text('mail.sign-in.subject', { brand: brand.name }),
  text: text('mail.sign-in.text', { brand: brand.name, code }),
});
