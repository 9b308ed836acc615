import type { Vault } from '@symbolon/vault';

/** A mail as its reader gets it. Without `html` it is plain text alone. */
export type Mail = Readonly<{ to: string; subject: string; text: string; html?: string }>;

/** A mail on its way: to an address, or to whatever address an account has when it is sent; to an account that nobody has, to nobody. */
export type WaitingMail = Mail | (Omit<Mail, 'to'> & Readonly<{ account: string }>);

type Sealing = Pick<Vault, 'sealForService' | 'openForService'>;

/** Bound to its row: a sealed mail that is copied into another one does not open. */
const context = (id: string) => `mail:${id}`;

/** What is written into a row. */
export const sealMail = (vault: Pick<Sealing, 'sealForService'>, id: string, mail: WaitingMail): Buffer => Buffer.from(vault.sealForService(Buffer.from(JSON.stringify(mail)), context(id)));

/** What the row of a mail on its way says. */
export const openWaitingMail = (vault: Pick<Sealing, 'openForService'>, id: string, sealed: Uint8Array): WaitingMail => JSON.parse(Buffer.from(vault.openForService(sealed, context(id))).toString()) as WaitingMail;

/** What the row of a mail that was caught says. */
export const openMail = (vault: Pick<Sealing, 'openForService'>, id: string, sealed: Uint8Array): Mail => openWaitingMail(vault, id, sealed) as Mail;
