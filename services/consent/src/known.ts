import type { Ports } from '@symbolon/web';
import type { ClientNow } from './consent.decider.js';

/**
 * What authentication, whose the register of applications is, says of one. A question and no table of our own: somebody may allow an application
 * in the second in which it was made, and a table that is a moment behind would refuse them. Throws `Unavailable`.
 */
export const clientNow = async (ports: Pick<Ports, 'ask'>, clientId: string): Promise<ClientNow> => (await ports.ask<Readonly<{ state: ClientNow }>>('authentication.client', { clientId })).state;

/** Whether somebody has this account; asked where a caller speaks for another. Throws `Unavailable`. */
export const isAccount = async (ports: Pick<Ports, 'ask'>, accountId: string): Promise<boolean> => (await ports.ask<Readonly<{ state: string }>>('authentication.account', { accountId })).state === 'registered';
