/** Whether a host name of an address (`new URL(…).hostname`) can only be this machine. */
export function isLoopback(hostname: string): boolean {
  return hostname === 'localhost' || hostname.endsWith('.localhost') || hostname === '[::1]' || hostname === '::1' || /^127(\.\d{1,3}){3}$/.test(hostname);
}

/** Whether people elsewhere can be sent to this issuer. */
export const isPublicIssuer = (issuer: string): boolean => URL.canParse(issuer) && !isLoopback(new URL(issuer).hostname);
