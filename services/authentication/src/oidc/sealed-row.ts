import { createHash } from 'node:crypto';
import type { Vault } from '@symbolon/vault';

/** What the provider keeps, as its adapter sees it. */
export type Payload = Record<string, unknown>;

/** The key of a row: the secret that a browser or application holds is not in the table. The model is part of it, so that no token is taken for another kind. */
export const rowId = (model: string, id: string): Buffer => createHash('sha256').update(`${model}|${id}`).digest();

/** Payloads sealed with the service's key and bound to their row. The id itself is left out and put back by the finder. */
export const sealing = (vault: Pick<Vault, 'sealForService' | 'openForService'>) => ({
  seal(model: string, row: Buffer, { jti: _jti, ...payload }: Payload): Buffer {
    return Buffer.from(vault.sealForService(Buffer.from(JSON.stringify(payload)), `${model}:${row.toString('hex')}`));
  },
  open(model: string, row: Buffer, sealed: Uint8Array): Payload {
    return JSON.parse(Buffer.from(vault.openForService(sealed, `${model}:${row.toString('hex')}`)).toString()) as Payload;
  },
});

export type Sealing = ReturnType<typeof sealing>;
