/** Injection token of the service's `Ports`. */
export const PORTS = Symbol('ports');
