/**
 * SQL: whether an event of this key waits, unread, before one of our followers. What a view says of a right is then not to be believed: the event may take it
 * away. Until it is read or passed over (docs/operations.md), whoever asks for a right treats it as taken away. `key` is an SQL expression.
 */
export const unread = (key: string, ...subscriptions: readonly [string, ...string[]]): string =>
  `exists (select from authentication.parked where subscription in (${subscriptions.map((name) => `'${name}'`).join(', ')}) and key = ${key})`;

/** What a person allowed, to applications or for purposes. `subject` is an SQL expression. */
export const unreadAnswers = (subject: string): string => unread(subject, 'authentication.authorizations.v1', 'authentication.consents.v1');
