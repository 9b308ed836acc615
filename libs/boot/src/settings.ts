import { isIP } from 'node:net';
import { resolve } from 'node:path';
import { z } from 'zod';
import { parseAddress } from '@symbolon/eventstoredb/address';
import { isNetwork } from '@symbolon/web';
import type { Configuration } from '@symbolon/web';
import { isLoopback, isPublicIssuer } from './loopback.js';
import { unknownVariables } from './unknown-variables.js';

/** What the variables say. The key files are read later, from the data folder: `Configuration` is this with its keys. */
export type Settings = Readonly<{
  configuration: Omit<Configuration, 'keys' | 'dataDir'>;
  /** Undefined: the folder that fits the machine (`data-folder.ts`). */
  dataDir: string | undefined;
  /** Undefined: the embedded PostgreSQL. */
  databaseUrl: string | undefined;
  eventStoreUrl: string;
  busUrl: string;
  samplePort: number;
  /** Milliseconds that a request has, all calls together. */
  requestDeadline: number;
  /** What is allowed but should be known. */
  warnings: readonly string[];
}>;

/** One thing wrong with one variable. `meant`: the one that the example is for, where `variable` is none of ours. */
export type SettingError = Readonly<{ variable: string; rule: string; example: string; meant?: string }>;

/** All that is wrong, at once. */
export class WrongSettings extends Error {
  override readonly name = 'WrongSettings';
  constructor(readonly errors: readonly SettingError[]) {
    super(['The configuration is wrong:', ...errors.map(({ variable, rule, example, meant = variable }) => `  ${variable} ${rule}. Example: ${meant}=${example}`)].join('\n'));
  }
}

const wholeNumber = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,6}$/)
    .transform(Number)
    .refine((number) => number >= least && number <= most);

const address = (...schemes: string[]) => z.string().refine((text) => URL.canParse(text) && schemes.includes(new URL(text).protocol) && new URL(text).host !== '');

const issuer = z.string().refine((text) => {
  if (!URL.canParse(text)) return false;
  const url = new URL(text);
  const plain = url.search === '' && url.hash === '' && url.username === '';
  return plain && text === `${url.origin}/oidc` && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)));
});

const networks = z
  .string()
  .transform((text) => text.split(',').map((part) => part.trim()).filter(Boolean))
  .refine((list) => list.every(isNetwork));

const eventStore = z.string().refine((text) => text === 'postgres:' || isAddress(text));

function isAddress(text: string): boolean {
  try {
    return parseAddress(text).hosts.length > 0;
  } catch {
    return false;
  }
}

const colour = z.string().regex(/^#([0-9a-f]{3}|[0-9a-f]{6})$/i);
const port = { schema: wholeNumber(1, 65_535), rule: 'must be a port from 1 to 65535' };

/** Every variable with its rule and an example; the README's table of configuration is this list. */
export const variables = {
  SYMBOLON_DATA_DIR: { schema: z.string().transform((text) => resolve(text)), rule: 'must be a folder', example: '/var/lib/symbolon' },
  SYMBOLON_BIND: { schema: z.string().refine((text) => isIP(text) !== 0), rule: 'must be an IP address of this machine', example: '127.0.0.1' },
  SYMBOLON_PORT: { ...port, example: '3000' },
  SYMBOLON_SAMPLE_PORT: { ...port, example: '3001' },
  SYMBOLON_OPERATIONS_PORT: { ...port, example: '3002' },
  SYMBOLON_ISSUER: { schema: issuer, rule: 'must be an origin followed by /oidc, https unless it is on loopback', example: 'https://id.example.com/oidc' },
  SYMBOLON_SMTP_URL: { schema: address('smtp:', 'smtps:'), rule: 'must be an smtp: or smtps: address', example: 'smtps://user:password@mail.example.com' },
  SYMBOLON_MAIL_FROM: { schema: z.string().regex(/^[^\r\n]*[^\s@<>]+@[^\s@<>]+>?$/), rule: 'must be an e-mail address, with or without a name', example: '"Example <no-reply@example.com>"' },
  SYMBOLON_TRUSTED_PROXIES: { schema: networks, rule: 'must be addresses or networks (at most /32, in IPv6 /128), separated by commas', example: '10.0.0.0/8,127.0.0.1' },
  SYMBOLON_APPLICATION_NETWORKS: { schema: networks, rule: 'must be addresses or networks (at most /32, in IPv6 /128), separated by commas', example: '10.20.0.0/16' },
  SYMBOLON_PASSWORD_MINIMUM: { schema: wholeNumber(8, 128), rule: 'must be a number from 8 to 128', example: '15' },
  SYMBOLON_REQUEST_DEADLINE: { schema: wholeNumber(500, 60_000), rule: 'must be a number of milliseconds from 500 to 60000', example: '3000' },
  SYMBOLON_BRAND_NAME: { schema: z.string().min(1).max(60).regex(/^[^\r\n]+$/), rule: 'must be a name of at most 60 characters', example: 'Example' },
  SYMBOLON_BRAND_LOGO: { schema: z.string().regex(/^(\/[^/]|https:\/\/|data:image\/)\S*$/), rule: 'must be a path, an https address or a data:image URI', example: 'https://example.com/logo.svg' },
  SYMBOLON_BRAND_COLOUR: { schema: colour, rule: 'must be a colour in hexadecimal', example: '#1d4e89' },
  SYMBOLON_BRAND_COLOUR_DARK: { schema: colour, rule: 'must be a colour in hexadecimal', example: '#8fb8e8' },
  DATABASE_URL: { schema: z.string().regex(/^postgres(ql)?:\/\/[^\s/]+\/\S+$/), rule: 'must be a postgres: address', example: 'postgres://owner:password@db.example.com/symbolon' },
  SYMBOLON_EVENT_STORE_URL: { schema: eventStore, rule: 'must be postgres: (the same database), or esdb://user:password@host:port with the options tls=false or tlsCAFile=…; user and password are needed unless tls=false', example: 'esdb://symbolon:password@events.example.com:2113' },
  SYMBOLON_BUS_URL: { schema: z.literal('postgres:'), rule: 'must be postgres: (the same database; kafka: is not in this version)', example: 'postgres:' },
} as const;

type Variables = typeof variables;
type Values = { [K in keyof Variables]?: z.output<Variables[K]['schema']> };

function read(environment: NodeJS.ProcessEnv, errors: SettingError[]): Values {
  const values: Record<string, unknown> = {};
  for (const [variable, { schema, rule, example }] of Object.entries(variables)) {
    const text = environment[variable]?.trim();
    if (!text) continue;
    const parsed = schema.safeParse(text);
    if (parsed.success) values[variable] = parsed.data;
    else errors.push({ variable, rule, example });
  }
  return values as Values;
}

/** A variable of ours that nobody reads is refused: it is a setting that somebody believes to hold. */
function checkNames(environment: NodeJS.ProcessEnv, errors: SettingError[]): void {
  for (const { name, nearest } of unknownVariables(environment, Object.keys(variables)))
    errors.push({ variable: name, rule: `is read by nobody; the nearest name that is read is ${nearest}`, example: variables[nearest as keyof Variables].example, meant: nearest });
}

function checkPorts(ports: Readonly<Record<string, number>>, errors: SettingError[]) {
  const taken = new Map<number, string>();
  for (const [variable, number] of Object.entries(ports)) {
    const other = taken.get(number);
    if (other) errors.push({ variable, rule: `must differ from ${other}, which is ${number} too`, example: String(number + 1) });
    taken.set(number, variable);
  }
}

const reachable = (bind: string) => (bind === '0.0.0.0' ? '127.0.0.1' : bind === '::' ? '[::1]' : bind.includes(':') ? `[${bind}]` : bind);

function warnings(values: Values): string[] {
  const minimum = values.SYMBOLON_PASSWORD_MINIMUM ?? 15;
  return [
    ...(minimum < 15 ? [`SYMBOLON_PASSWORD_MINIMUM=${minimum} does not conform to NIST SP 800-63B-4, which asks for at least 15 characters where a password is the only factor.`] : []),
    ...(values.SYMBOLON_ISSUER?.startsWith('https:') && !values.SYMBOLON_TRUSTED_PROXIES?.length
      ? ['SYMBOLON_ISSUER is https, this process speaks http, and SYMBOLON_TRUSTED_PROXIES names nobody: put what ends TLS in front of it, and its address into that variable, or every visitor counts as one and the same.']
      : []),
  ];
}

/** Parses all variables; throws `WrongSettings` with everything that is wrong. */
export function parseSettings(environment: NodeJS.ProcessEnv): Settings {
  const errors: SettingError[] = [];
  const values = read(environment, errors);
  checkNames(environment, errors);
  const port = values.SYMBOLON_PORT ?? 3000;
  const ports = { SYMBOLON_PORT: port, SYMBOLON_SAMPLE_PORT: values.SYMBOLON_SAMPLE_PORT ?? 3001, SYMBOLON_OPERATIONS_PORT: values.SYMBOLON_OPERATIONS_PORT ?? 3002 };
  checkPorts(ports, errors);
  const issuer = values.SYMBOLON_ISSUER ?? `http://localhost:${port}/oidc`;
  if (isPublicIssuer(issuer) && !values.SYMBOLON_SMTP_URL)
    errors.push({ variable: 'SYMBOLON_SMTP_URL', rule: 'must be set when SYMBOLON_ISSUER is public: caught mails would lie open', example: variables.SYMBOLON_SMTP_URL.example });
  if (errors.length > 0) throw new WrongSettings(errors);
  const origin = new URL(issuer).origin;
  const bind = values.SYMBOLON_BIND ?? '127.0.0.1';
  const name = values.SYMBOLON_BRAND_NAME ?? 'Symbolon';
  return {
    configuration: {
      issuer,
      origin,
      apiAudience: `${origin}/api`,
      bind,
      port,
      operationsPort: ports.SYMBOLON_OPERATIONS_PORT,
      sample: isPublicIssuer(issuer) ? undefined : `http://localhost:${ports.SYMBOLON_SAMPLE_PORT}`,
      internalOrigin: `http://${reachable(bind)}:${port}`,
      smtpUrl: values.SYMBOLON_SMTP_URL,
      mailFrom: values.SYMBOLON_MAIL_FROM ?? `${name} <no-reply@${new URL(issuer).hostname}>`,
      trustedProxies: values.SYMBOLON_TRUSTED_PROXIES ?? [],
      applicationNetworks: values.SYMBOLON_APPLICATION_NETWORKS ?? [],
      passwordMinimum: values.SYMBOLON_PASSWORD_MINIMUM ?? 15,
      brand: { name, logo: values.SYMBOLON_BRAND_LOGO, colour: values.SYMBOLON_BRAND_COLOUR ?? '#1d4e89', colourDark: values.SYMBOLON_BRAND_COLOUR_DARK ?? '#8fb8e8' },
    },
    dataDir: values.SYMBOLON_DATA_DIR,
    databaseUrl: values.DATABASE_URL,
    eventStoreUrl: values.SYMBOLON_EVENT_STORE_URL ?? 'postgres:',
    busUrl: values.SYMBOLON_BUS_URL ?? 'postgres:',
    samplePort: ports.SYMBOLON_SAMPLE_PORT,
    requestDeadline: values.SYMBOLON_REQUEST_DEADLINE ?? 3_000,
    warnings: warnings(values),
  };
}
