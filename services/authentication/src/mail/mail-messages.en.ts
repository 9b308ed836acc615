/** What our letters and the pages of caught mails say. */
export const mailMessages = {
  'hello': 'Hello,',
  'code-life': 'It is good for ten minutes. Never give it to anybody, not even to us.',
  'bye': 'Your {brand} team',
  'registration.subject': 'Confirm your email for {brand}',
  'registration.why': 'you, or somebody with your email, would like to create an account at {brand}. Enter this code where you began:',
  'registration.link': 'Or open this address and enter the password that you chose. It is good for thirty minutes:',
  'registration.not-you': 'If it was not you, leave this mail alone: without it there is no account.',
  'known.subject': 'You have an account at {brand} already',
  'known.why': 'you, or somebody with your email, just tried to create an account at {brand}. There is one with this email already, and nothing was changed.',
  'known.link': 'Sign in here, or choose a new password there if you forgot yours:',
  'known.not-you': 'If it was not you, you need not do anything.',
  'sign-in.subject': 'Your code for {brand}',
  'sign-in.why': 'somebody signs in to {brand} with your password, in a browser that we do not know. If it is you, enter this code there:',
  'sign-in.not-you': 'If it is not you, choose a new password now: whoever it is has your old one.',
  'recovery.subject': 'A new password for {brand}',
  'recovery.why': 'you, or somebody with your email, asked {brand} for a new password. Enter this code in the page that asks for it:',
  'recovery.link': 'Or open this address. It is good for an hour, in any browser:',
  'recovery.not-you': 'If it was not you, leave this mail alone: nothing changes.',
  'password-changed.subject': 'Your password for {brand} was changed',
  'password-changed.why': 'the password of your account at {brand} was changed just now, in a browser where you were signed in. Every other session has ended.',
  'password-changed.link': 'If it was not you, take your account back here. You need nothing but this mailbox:',
  'password-changed.not-you': 'If it was you, you need not do anything.',
  'recovered.subject': 'A new password was set for {brand}',
  'recovered.why': 'somebody chose a new password for your account at {brand} just now, with a code or a link that we mailed to you. Every session has ended.',
  'recovered.link': 'If it was not you, somebody reads your mail. Change the password of your mailbox first, then take your account back here:',
  'recovered.not-you': 'If it was you, you need not do anything.',
  'caught.title': 'Caught mails',
  'caught.lead': 'No mail server is configured, so that mails stay here. Only this machine sees them; the newest two hundred are kept.',
  'caught.none': 'No mail yet.',
  'caught.to': 'To {to}, {at}',
  'caught.back': 'All caught mails',
} as const;

/** A text of this catalogue with its `{names}` filled in. */
export const mailText = (key: keyof typeof mailMessages, values: Readonly<Record<string, string>> = {}): string =>
  mailMessages[key].replaceAll(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
