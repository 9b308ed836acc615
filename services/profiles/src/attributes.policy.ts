import { shownNameFault } from '@symbolon/event-sourcing';
import type { NameFault } from '@symbolon/event-sourcing';

/** Who may write an attribute. */
export type Writer = 'customer' | 'organisation' | 'nobody';

/** What an attribute is: who may write it unless the organisation decided otherwise for this person, and what its value must be. */
type Attribute = Readonly<{ writableBy: Writer; fault(value: string, today: string): string | undefined }>;

const NAME: Readonly<Record<NameFault, string>> = {
  empty: 'Send 1 to 100 characters.',
  too_long: 'Send 1 to 100 characters.',
  unreadable: 'Send a name on one line, without control characters and angle brackets.',
  invisible: 'Send a name that can be seen: characters without a shape of their own belong between letters only.',
};

const name = (value: string): string | undefined => {
  const fault = shownNameFault(value);
  return fault && NAME[fault];
};

const locale = (value: string): string | undefined => {
  try {
    return Intl.getCanonicalLocales(value).length === 1 ? undefined : 'Send one language tag, for example de-CH.';
  } catch {
    return 'Send a language tag (BCP 47), for example de-CH.';
  }
};

const birthdate = (value: string, today: string): string | undefined => {
  const real = /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(`${value}T00:00:00Z`)) && new Date(`${value}T00:00:00Z`).toISOString().startsWith(value);
  if (!real) return 'Send a date as YYYY-MM-DD, for example 1990-12-24.';
  return value > today || value < '1880-01-01' ? 'Send a date of birth that is not in the future.' : undefined;
};

const phone = (value: string): string | undefined => (/^\+[1-9]\d{6,14}$/.test(value) ? undefined : 'Send the number with its country, only digits after the plus sign (E.164), for example +41441234567.');

/** Every attribute there is. The address is proven where people sign in, so nobody writes it here. */
const attributes = {
  email: { writableBy: 'nobody', fault: () => undefined },
  first_name: { writableBy: 'customer', fault: name },
  last_name: { writableBy: 'customer', fault: name },
  locale: { writableBy: 'customer', fault: locale },
  birthdate: { writableBy: 'customer', fault: birthdate },
  phone: { writableBy: 'customer', fault: phone },
} as const satisfies Readonly<Record<string, Attribute>>;

export type AttributeName = keyof typeof attributes;
export const attributeNames = Object.keys(attributes) as readonly AttributeName[];

/** Why a value is not taken, with the way out; undefined: it may be stored. `today` is an ISO date. */
export const valueFault = (attribute: AttributeName, value: string, today: string): string | undefined => (attributes[attribute] as Attribute).fault(value, today);

/** Who may write an attribute where nothing else was decided. */
export const usualWriter = (attribute: AttributeName): Writer => attributes[attribute].writableBy;

/** The organisation may write what its customers may; nobody's is written by events alone. */
export const mayWrite = (right: Writer, by: 'customer' | 'organisation'): boolean => right === 'customer' || (right === 'organisation' && by === 'organisation');
