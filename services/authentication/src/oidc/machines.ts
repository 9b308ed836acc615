const MACHINES = /^\/(?:oidc\/(?:token(?:\/.*)?|request|me|jwks.*|\.well-known\/.*)|\.well-known\/(?:openid-configuration|oauth-authorization-server)(?:\/.*)?)$/;

/** Whether applications ask at this address, not browsers: they read JSON, whatever they say that they accept (RFC 6749 section 5.2, and the standards that follow it). */
export const isForMachines = (address: string): boolean => MACHINES.test(address.split('?')[0] ?? '');
