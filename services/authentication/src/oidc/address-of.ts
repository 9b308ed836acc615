import type { KoaContextWithOIDC } from 'oidc-provider';

/** Path and query as the browser asked for them: the library sees them without the part that it is mounted at. */
export const addressOf = ({ req, originalUrl }: KoaContextWithOIDC): string => (req as { originalUrl?: string }).originalUrl ?? originalUrl;
