import { expect, it } from '@jest/globals';
import { unreachable } from './unreachable.js';

const failed = (code: string, message = 'x') => Object.assign(new TypeError('fetch failed'), { cause: Object.assign(new Error(message), { code }) });
const said = (error: unknown) => unreachable('https://id.example.com', error).message;

it.each(['SELF_SIGNED_CERT_IN_CHAIN', 'DEPTH_ZERO_SELF_SIGNED_CERT', 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY'])('names the variable that mends a private authority: %s', (code) => expect(said(failed(code))).toMatch(new RegExp(`${code}.*NODE_EXTRA_CA_CERTS=`)));
it('says that a certificate is out of date', () => expect(said(failed('CERT_HAS_EXPIRED'))).toMatch(/not valid today/));
it('says that a certificate is for another name', () => expect(said(failed('ERR_TLS_CERT_ALTNAME_INVALID', 'Host: id.example.com. is not in the cert'))).toMatch(/another name.*SYMBOLON_ISSUER/));
it('says that a name is not known', () => expect(said(failed('ENOTFOUND'))).toMatch(/does not know the name/));
it('says that an answer did not come in time', () => expect(said(new DOMException('late', 'TimeoutError'))).toMatch(/longer than 15 s/));
it('says that nobody listens', () => expect(said(failed('ECONNREFUSED'))).toMatch(/does not answer.*npm start/));
