/**
 * How an application proves itself at the token endpoint. `client_secret`: its secret, in the header or in the body, as its library does it (RFC 6749
 * section 2.3.1); the two after it hold it to one way.
 */
export const authenticationMethods = ['client_secret', 'client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const;

/** Whether the application keeps a secret with us. */
export const hasSecret = (method: string): boolean => method.startsWith('client_secret');

/** Whether a secret may come this way. */
export const travelsWell = (method: string, inBody: boolean): boolean => method === 'client_secret' || method === (inBody ? 'client_secret_post' : 'client_secret_basic');
