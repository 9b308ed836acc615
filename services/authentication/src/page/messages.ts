import { commonMessages } from './common-messages.en.js';
import { registerMessages } from './register-messages.en.js';
import { signInMessages } from './sign-in-messages.en.js';
import { siteMessages } from './site-messages.en.js';

const messages = { ...commonMessages, ...registerMessages, ...signInMessages, ...siteMessages } as const;

/** Key of a text that people read. */
export type MessageKey = keyof typeof messages;

/** A text of the catalogue with its `{names}` filled in. */
export const text = (key: MessageKey, values: Readonly<Record<string, string | number>> = {}): string => messages[key].replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
