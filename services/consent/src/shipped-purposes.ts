import { uuidv5 } from '@symbolon/event-sourcing';
import { now } from '@symbolon/web';
import type { Ports } from '@symbolon/web';
import { purpose } from './purpose.decider.js';
import type { PurposeEvent } from './purpose.decider.js';

type Published = Extract<PurposeEvent, { type: 'PurposePublished' }>['data'];

/** What a fresh installation knows. An operator may publish newer texts; these are then left alone. */
const shipped: readonly Published[] = [
  { purpose: 'account', basis: 'contract', claims: ['email', 'email_verified'], textVersion: 1, title: 'Your account', text: 'Your email address identifies you to applications that you sign in to. Without it there is no account.' },
  { purpose: 'profile', basis: 'consent', claims: ['given_name', 'family_name', 'name', 'locale'], textVersion: 1, title: 'Share your name and language', text: 'Applications that you allow may see your first and last name and your language, to greet you and write to you. You can change your mind at any time.' },
];

/** Publishes the shipped purposes; repeatable. */
export async function publishShipped(ports: Ports): Promise<void> {
  const handler = ports.handler(purpose);
  for (const one of shipped)
    await handler.handle(`purpose-${one.purpose}`, { type: 'PublishPurpose', id: uuidv5('symbolon:shipped', `${one.purpose} ${one.textVersion}`), at: now(), purpose: one }, { actor: 'system:installation', correlation: 'installation' });
}
