/** Everything that `SYMBOLON_*` and `DATABASE_URL` say, parsed once in the main. */
export type Configuration = Readonly<{
  /** `http://localhost:3000/oidc`; always ends in `/oidc`. */
  issuer: string;
  /** Origin of the issuer, `http://localhost:3000`. */
  origin: string;
  /** Audience (RFC 8707 resource) of the services' own APIs: `<origin>/api`. */
  apiAudience: string;
  /** Where this process listens, `127.0.0.1` unless told otherwise. */
  bind: string;
  port: number;
  /** `/healthz`, `/readyz`, `/metrics`. */
  operationsPort: number;
  /** Base address at which services reach each other's APIs and the JWKS without leaving the machine. */
  internalOrigin: string;
  /** Where the sample application is; a public installation has none. */
  sample: string | undefined;
  dataDir: string;
  /** Undefined: mails are caught and shown at `/mail`. */
  smtpUrl: string | undefined;
  mailFrom: string;
  trustedProxies: readonly string[];
  /** Networks beside the public internet in which addresses that applications register may be fetched. */
  applicationNetworks: readonly string[];
  passwordMinimum: number;
  /** The organisation's own face. `logo` is a URL path or data URI; colours are CSS colours. */
  brand: Readonly<{ name: string; logo: string | undefined; colour: string; colourDark: string }>;
  /** 32 bytes each, from the data folder's key files; never regenerated. */
  keys: Readonly<{ pepper: Uint8Array; service: Uint8Array; cookie: readonly string[] }>;
}>;
