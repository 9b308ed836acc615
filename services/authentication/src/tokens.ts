/** Injection token of the service's `Ports`. */
export const PORTS = Symbol('ports');
/** Injection token of the `IdentityProvider`. */
export const IDENTITY_PROVIDER = Symbol('identity provider');
