import { dictionary } from '@zxcvbn-ts/language-common';

/** Why a password is not taken; `password.<fault>` is its text in the message catalogue. */
export type PasswordFault = 'missing' | 'too_short' | 'too_long' | 'common' | 'contains_context';

/** `minimum` in code points. `context`: words that an attacker would try first, such as the e-mail address and the organisation's name. */
export type PasswordRules = Readonly<{ minimum: number; context: readonly string[] }>;

const MOST_BYTES = 1_024;
const common = new Set<string>(dictionary['passwords-common'] as readonly string[]);

/** What one thing said again and again says: `abcabcabc` says `abc`. */
const unit = (password: string): string => /^(.+?)\1*$/su.exec(password)?.[1] ?? password;

const ROWS = ['0123456789', 'abcdefghijklmnopqrstuvwxyz', 'qwertyuiopasdfghjklzxcvbnm', 'azertyuiopqsdfghjklmwxcvbn', 'qwertzuiopasdfghjklyxcvbnm'].map((row) => row.repeat(4));
const backwards = (text: string): string => [...text].reverse().join('');

/** `abcdef…`, `98765…`, `qwerty…`: every code point one more, or one less, than the one before it, or a row of keys. */
function onlySequence(password: string): boolean {
  const points = [...password].map((sign) => sign.codePointAt(0)!);
  const steps = points.slice(1).map((point, index) => point - points[index]!);
  const counts = steps.length > 0 && (steps.every((step) => step === 1) || steps.every((step) => step === -1));
  return counts || ROWS.some((row) => row.includes(password) || row.includes(backwards(password)));
}

/** Words of a context that are long enough to mean something. */
const words = (context: readonly string[]): string[] => context.flatMap((text) => text.toLowerCase().split(/[\s@.]+/)).filter((word) => word.length >= 4);

/** Whether little is left of the password without the words. */
function mostlyContext(password: string, context: readonly string[]): boolean {
  const left = words(context).reduce((rest, word) => rest.replaceAll(word, ''), password.toLowerCase());
  return left.length < password.length / 3;
}

/** A common password, also with digits or signs around it, or said again and again. */
function isCommon(password: string): boolean {
  const plain = password.toLowerCase();
  const bare = plain.replaceAll(/^[\d\W_]+|[\d\W_]+$/gu, '');
  const said = unit(plain);
  return [plain, bare, said, unit(bare)].some((word) => common.has(word)) || [...said].length <= 3 || onlySequence(plain);
}

/** NIST SP 800-63B-4 section 3.1.1: length and a block list, no rules of composition, nothing cut off. Undefined: it may be used. */
export function passwordFault(password: string, { minimum, context }: PasswordRules): PasswordFault | undefined {
  const normal = password.normalize('NFC');
  if (normal === '') return 'missing';
  if (Buffer.byteLength(normal) > MOST_BYTES) return 'too_long';
  if ([...normal].length < minimum) return 'too_short';
  if (isCommon(normal)) return 'common';
  if (context.some((text) => text.toLowerCase() === normal.toLowerCase()) || mostlyContext(normal, context)) return 'contains_context';
  return undefined;
}
