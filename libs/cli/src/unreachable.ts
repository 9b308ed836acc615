import { Failure } from './failure.js';

/** What Node says of a certificate whose authority it does not know. */
const UNKNOWN_AUTHORITY = new Set(['DEPTH_ZERO_SELF_SIGNED_CERT', 'SELF_SIGNED_CERT_IN_CHAIN', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'CERT_UNTRUSTED']);

/** Why nothing came back, in the words of whoever can mend it. */
export function unreachable(origin: string, error: unknown): Failure {
  const cause = (error as { cause?: unknown }).cause ?? error;
  const { code = '', message = '' } = cause as { code?: string | number; message?: string };
  return new Failure(reason(origin, { code: String(code), message, name: (error as Error).name }), { cause: error });
}

function reason(origin: string, { code, message, name }: Readonly<{ code: string; message: string; name: string }>): string {
  if (UNKNOWN_AUTHORITY.has(code))
    return `The certificate of ${origin} comes from an authority that Node does not know (${code}). Name the file with that authority's certificate and run this command again: NODE_EXTRA_CA_CERTS=/path/to/ca.pem npx symbolon …`;
  if (code === 'CERT_HAS_EXPIRED' || code === 'CERT_NOT_YET_VALID') return `The certificate of ${origin} is not valid today (${code}). Renew it, or set the clock of this machine.`;
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `The certificate of ${origin} is made for another name: ${message}. Check SYMBOLON_ISSUER and the certificate.`;
  if (code.startsWith('ERR_SSL') || code === 'EPROTO') return `${origin} does not speak TLS as it should (${code}). Check that what listens there is your proxy with its certificate.`;
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `This machine does not know the name in ${origin}. Check SYMBOLON_ISSUER and the name service.`;
  if (name === 'TimeoutError') return `Symbolon took longer than 15 s to answer at ${origin}. Look at its log and /readyz, and run this command again.`;
  return `Symbolon does not answer at ${origin}. Start it with npm start and run this command again.`;
}
