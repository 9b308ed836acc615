import type { KoaContextWithOIDC } from 'oidc-provider';

/** Pages that the provider itself shows; they set `ctx.body`. */
export type OidcPages = Readonly<{
  /** Asks before signing out. `form` is the library's form, with the id `op.logoutForm`. */
  signOut(ctx: KoaContextWithOIDC, form: string): Promise<void>;
  signedOut(ctx: KoaContextWithOIDC): Promise<void>;
  /** Something of ours is away, or works on this very request already: 503, and it may be tried again. */
  busy(ctx: KoaContextWithOIDC): Promise<void>;
  /** There is nothing at this address of the provider, or not by this method: 404. */
  nowhere(ctx: KoaContextWithOIDC): void;
  /** A request that cannot go back to the application. The detail is logged, not shown. */
  error(ctx: KoaContextWithOIDC, out: { error: string; error_description?: string }, error: Error): Promise<void>;
}>;
