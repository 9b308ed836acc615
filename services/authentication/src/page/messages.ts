import { commonMessages } from './common-messages.en.js';
import { rightsMessages } from './rights-messages.en.js';
import { registerMessages } from './register-messages.en.js';
import { signInMessages } from './sign-in-messages.en.js';
import { siteMessages } from './site-messages.en.js';

const messages = { ...commonMessages, ...registerMessages, ...rightsMessages, ...signInMessages, ...siteMessages } as const;

/** The language of the catalogue (BCP 47). */
export const LANGUAGE = 'en';

/** Key of a text that people read. */
export type MessageKey = keyof typeof messages;

/** A text of the catalogue with its `{names}` filled in. */
export const text = (key: MessageKey, values: Readonly<Record<string, string | number>> = {}): string => messages[key].replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
