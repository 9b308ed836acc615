const NOTICES = {
  name: 'good',
  'name-later': 'good',
  'name-refused': 'bad',
  'name-missing': 'bad',
  password: 'good',
  'password-later': 'good',
  granted: 'good',
  'granted-later': 'good',
  withdrawn: 'good',
  'withdrawn-later': 'good',
  removed: 'good',
  'removed-later': 'good',
  ended: 'good',
  'others-ended': 'good',
  'others-ended-later': 'good',
  stale: 'bad',
} as const;

/** What the account page may say after a change. */
export type Notice = keyof typeof NOTICES;

/** Only notices of ours are shown: the address is anybody's to write. */
export const isNotice = (key: string): key is Notice => Object.hasOwn(NOTICES, key);

/** Whether something was done or something is wrong. */
export const kindOf = (notice: Notice): 'good' | 'bad' => NOTICES[notice];
