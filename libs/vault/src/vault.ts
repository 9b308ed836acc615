/** Names what a sealed field belongs to; authenticated with it, so that a value cannot be moved. */
export type FieldContext = Readonly<{ event: string; type: string; subject: string; field: string }>;

/** What opening yields when the subject's key was destroyed. */
export const FORGOTTEN = '\u{F0000}forgotten';

/** `seal` for a subject whose key was destroyed: a late event can never bring a person back. */
export class SubjectForgotten extends Error {
  override readonly name = 'SubjectForgotten';
}

/** The vault cannot be used with what it was given: another key, a missing key. Says what to do; nothing was changed. */
export class VaultRefused extends Error {
  override readonly name = 'VaultRefused';
}

/** A sealed text or bytes that do not open: tampered with, or of another subject, event, field or key. */
export class Unsealable extends Error {
  override readonly name = 'Unsealable';
}

/** Per-subject keys. Sealed text is self-describing (`s1.` + event, type and field + bytes, base64url) and safe to keep in tables. */
export interface Vault {
  /** Seals one personal value; makes the subject's key on first use. Throws `SubjectForgotten`. */
  seal(value: string, context: FieldContext): Promise<string>;
  /**
   * Opens a sealed text of this subject; `FORGOTTEN` when the key is gone. `''` (a value never given) and `FORGOTTEN` open to themselves.
   * Throws `Unsealable` when it was tampered with or belongs to another subject.
   */
  open(sealed: string, subject: string): Promise<string>;
  /** Destroys the subject's key and leaves a tombstone. Repeatable. */
  forget(subject: string): Promise<void>;
  /** Seals with the service's own key where no subject exists yet (pending rows, protocol payloads, outgoing mail). `context` is authenticated. */
  sealForService(value: Uint8Array, context: string): Uint8Array;
  openForService(sealed: Uint8Array, context: string): Uint8Array;
}
