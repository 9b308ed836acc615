import type { Vault } from '@symbolon/vault';

/** A mail as its reader gets it. Without `html` it is plain text alone. */
export type Mail = Readonly<{ to: string; subject: string; text: string; html?: string }>;

type Sealing = Pick<Vault, 'sealForService' | 'openForService'>;

/** Bound to its row: a sealed mail that is copied into another one does not open. */
const context = (id: string) => `mail:${id}`;

/** What is written into a row. */
export const sealMail = (vault: Pick<Sealing, 'sealForService'>, id: string, mail: Mail): Buffer => Buffer.from(vault.sealForService(Buffer.from(JSON.stringify(mail)), context(id)));

/** What a row says. */
export const openMail = (vault: Pick<Sealing, 'openForService'>, id: string, sealed: Uint8Array): Mail => JSON.parse(Buffer.from(vault.openForService(sealed, context(id))).toString()) as Mail;
