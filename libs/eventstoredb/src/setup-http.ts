import { request as plain } from 'node:http';
import { request as secure } from 'node:https';
import { setTimeout as pause } from 'node:timers/promises';
import type { TLSSocket } from 'node:tls';
import { Invalid } from '@symbolon/event-sourcing';
import type { Address } from './address.js';
import type { About } from './setup-settings.js';

const PATIENCE = 10_000;
const DAY = 86_400_000;

type Credentials = Address['credentials'];
type Answer = Readonly<{ status: number; body: unknown; validTo: string | undefined }>;
type Asked = Readonly<{ method?: 'GET' | 'POST' | 'PUT' | 'DELETE'; body?: object; as?: Credentials | 'nobody' }>;

/** A user of the server. */
export type User = Readonly<{ loginName: string; groups: readonly string[]; disabled: boolean }>;

const failed = (sentence: string): Invalid => new Invalid('store/setup', sentence);

/** The server's HTTP interface: it says what it is, and keeps its users. The client has neither. */
export class Administration {
  constructor(private readonly address: Address) {}

  /** Version and settings. Throws a sentence when the server does not answer, or refuses the user. */
  async about(): Promise<About & Readonly<{ certificateDays: number | undefined }>> {
    const { body, validTo } = await this.expect('/info', { as: 'nobody' });
    const { esVersion, dbVersion, authentication } = (body ?? {}) as { esVersion?: string; dbVersion?: string; authentication?: { type?: string } };
    const isInsecure = authentication?.type === 'insecure';
    if (!isInsecure && !this.address.tls) throw failed(`The server at ${this.address.label} is no insecure one: leave tls=false away.`);
    if (!isInsecure && !(await this.accepts(this.address.credentials))) throw failed(`The server at ${this.address.label} refuses the user ${this.address.credentials.username} or its password. Give those of an administrator; a server that has just been made needs some seconds until it knows them.`);
    const { status, body: listed } = await this.ask('/info/options', isInsecure ? { as: 'nobody' } : {});
    const options = status === 200 && Array.isArray(listed) ? (listed as { name: string; value: unknown }[]) : [];
    return {
      version: String(esVersion ?? dbVersion ?? ''),
      isInsecure,
      options: new Map(options.map(({ name, value }) => [name, String(value)])),
      certificateDays: validTo === undefined ? undefined : Math.floor((Date.parse(validTo) - Date.now()) / DAY),
    };
  }

  /** Whether somebody with these credentials is let in. */
  async accepts(as: Credentials): Promise<boolean> {
    return (await this.ask('/users/$current', { as })).status === 200;
  }

  /** Resolves when a password that was just set is known: it takes the server a moment. Throws a sentence when that lasts. */
  async settled(as: Credentials): Promise<void> {
    for (const until = Date.now() + PATIENCE; !(await this.accepts(as)); await pause(200))
      if (Date.now() > until) throw failed(`The server at ${this.address.label} does not accept the password that it was just given for ${as.username}. Run this command again with --new-password.`);
  }

  /** Whether somebody with these credentials sees the users. */
  async showsUsers(as: Credentials | 'nobody'): Promise<boolean> {
    return (await this.ask('/users/', { as })).status === 200;
  }

  /** Throws a sentence when we are no administrator. */
  async users(): Promise<readonly User[]> {
    return ((await this.expect('/users/')).body as { data: User[] }).data;
  }

  async create(loginName: string, groups: readonly string[], password: string): Promise<void> {
    await this.expect('/users/', { method: 'POST', body: { loginName, fullName: 'Symbolon', groups, password } });
  }

  async regroup(loginName: string, groups: readonly string[]): Promise<void> {
    await this.expect(`/users/${loginName}`, { method: 'PUT', body: { fullName: 'Symbolon', groups } });
  }

  async resetPassword(loginName: string, newPassword: string): Promise<void> {
    await this.expect(`/users/${loginName}/command/reset-password`, { method: 'POST', body: { newPassword } });
  }

  async enable(loginName: string): Promise<void> {
    await this.expect(`/users/${loginName}/command/enable`, { method: 'POST' });
  }

  async remove(loginName: string): Promise<void> {
    await this.expect(`/users/${loginName}`, { method: 'DELETE' });
  }

  private async expect(path: string, asked: Asked = {}): Promise<Answer> {
    const answer = await this.ask(path, asked);
    if (answer.status >= 200 && answer.status < 300) return answer;
    const { label, credentials } = this.address;
    if (answer.status === 401 || answer.status === 403) throw failed(`The user ${credentials.username} is no administrator of the server at ${label}. Give one who is in $admins.`);
    throw failed(`The server at ${label} answers ${asked.method ?? 'GET'} ${path.split('?')[0]} with status ${answer.status}. Is it an EventStoreDB, and is it ready? Look at its log, and run this command again: it goes on where it stopped.`);
  }

  private ask(path: string, { method = 'GET', body, as = this.address.credentials }: Asked): Promise<Answer> {
    const { tls, certificate, hosts, label } = this.address;
    const { address, port } = hosts[0]!;
    const text = body === undefined ? '' : JSON.stringify(body);
    const headers = { accept: 'application/json', 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...(as !== 'nobody' && { authorization: `Basic ${Buffer.from(`${as.username}:${as.password}`).toString('base64')}` }) };
    const options = { host: address.replace(/^\[|\]$/g, ''), port, path, method, headers, agent: false, timeout: PATIENCE };
    return new Promise((done, fail) => {
      const asking = tls ? secure({ ...options, ca: certificate }) : plain(options);
      asking.on('error', (error) => fail(failed(unreached(error, label))));
      asking.on('timeout', () => asking.destroy(Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' })));
      asking.on('response', (response) => {
        const validTo = tls ? (response.socket as TLSSocket).getPeerCertificate().valid_to : undefined;
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk)).on('error', (error) => fail(failed(unreached(error, label))));
        response.on('end', () => done({ status: response.statusCode ?? 0, body: parsed(Buffer.concat(chunks).toString()), validTo }));
      });
      asking.end(text);
    });
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Why the server could not be asked, and the way out. */
function unreached(error: NodeJS.ErrnoException, label: string): string {
  const code = error.code ?? '';
  if (code === 'CERT_HAS_EXPIRED') return `The certificate of the server at ${label} has expired. Renew it.`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `The certificate of the server at ${label} is for another name. Use a name that it holds.`;
  if (/CERT|SIGNATURE|ISSUER/.test(code)) return `The certificate of the server at ${label} is signed by nobody who is known here. Name the authority's file with tlsCAFile=….`;
  if (/^(EPROTO|ERR_SSL_)/.test(code)) return `The server at ${label} does not speak TLS. Give it a certificate, or say tls=false if it is meant to be insecure.`;
  if (/^(ECONNRESET|HPE_)/.test(code)) return `The server at ${label} hangs up. If it speaks TLS, leave tls=false away.`;
  return `The server at ${label} does not answer (${code || 'no connection'}). Start it, or mend the address.`;
}
