import { readFileSync } from 'node:fs';
import { Invalid } from '@symbolon/event-sourcing';

/** Where a server is and how to speak to it. `label` is `host:port[,host:port…]` and the only part that may be shown: the rest holds a password. */
export type Address = Readonly<{
  label: string;
  hosts: readonly Readonly<{ address: string; port: number }>[];
  /** One name whose DNS record lists the nodes of a cluster (`esdb+discover:`). */
  discover: boolean;
  tls: boolean;
  /** The authority that signed the server's certificate, in PEM. */
  certificate: Buffer | undefined;
  /** An insecure server ignores them. */
  credentials: Readonly<{ username: string; password: string }>;
}>;

const FORM = /^esdb(?<discover>\+discover)?:\/\/(?:(?<username>[^:@/?]+):(?<password>[^@/?]*)@)?(?<hosts>[^@/?]+)\/?(?:\?(?<options>.*))?$/;
const HOST = /^(?<address>[^\s:[\]]+|\[[0-9a-f:.]+\])(?::(?<port>\d{1,5}))?$/i;
const EXAMPLE = 'esdb://symbolon:password@events.example.com:2113?tlsCAFile=/etc/symbolon/ca.crt';
const NOBODY = { username: 'nobody', password: '' };

/** No sentence here repeats the address, for it holds a password. */
const bad = (rule: string): Invalid => new Invalid('store/bad_address', `The address of EventStoreDB ${rule}. Example: ${EXAMPLE}`);

/** Parses `esdb://user:password@host:2113?tls=…&tlsCAFile=…`; throws `Invalid` (`store/bad_address`) with the rule that is broken. TLS is on unless `tls=false`. */
export function parseAddress(text: string): Address {
  const { discover, username, password, hosts: listed, options = '' } = FORM.exec(text)?.groups ?? {};
  if (!listed) throw bad('is esdb://, user:password@, one or more host:port, and options');
  const hosts = listed.split(',').map(host);
  if (discover && hosts.length > 1) throw bad('names one host after esdb+discover://');
  const { tls, certificate } = parseOptions(options);
  if (tls && !username) throw bad('needs user:password@ where TLS is on (tls=false turns it off)');
  return {
    label: hosts.map(({ address, port }) => `${address}:${port}`).join(','),
    hosts,
    discover: discover !== undefined,
    tls,
    certificate,
    credentials: username ? { username: decoded(username), password: decoded(password ?? '') } : NOBODY,
  };
}

function host(text: string): Address['hosts'][number] {
  const { address, port = '2113' } = HOST.exec(text)?.groups ?? {};
  if (!address || Number(port) > 65_535) throw bad('names a host, and a port from 1 to 65535');
  return { address, port: Number(port) };
}

function parseOptions(text: string): Pick<Address, 'tls' | 'certificate'> {
  const options = new URLSearchParams(text);
  for (const name of options.keys()) if (name !== 'tls' && name !== 'tlsCAFile') throw bad('takes the options tls and tlsCAFile, no other; a certificate is always verified');
  const [tls, file] = [options.get('tls') ?? 'true', options.get('tlsCAFile')];
  if (tls !== 'true' && tls !== 'false') throw bad('has tls=true or tls=false');
  return { tls: tls === 'true', certificate: file === null ? undefined : certificate(file) };
}

function certificate(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch {
    throw bad(`names a tlsCAFile that can be read (${file} cannot)`);
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw bad('has user and password percent-encoded');
  }
}
