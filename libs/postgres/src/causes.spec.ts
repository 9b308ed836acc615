import { describe, expect, it } from '@jest/globals';
import { causeOf } from './causes.js';
import { mapped } from './unavailable.js';

const failed = (code: string, message = 'x') => Object.assign(new Error(message), { code });

describe('why the database does not do what it is asked', () => {
  it.each([
    ['disk_full', failed('53100')],
    ['disk_full', failed('ENOSPC')],
    ['read_only', failed('25006')],
    ['password', failed('28P01')],
    ['tls_required', failed('28000', 'no pg_hba.conf entry for host "10.0.0.1", user "a", database "b", no encryption')],
    ['not_allowed', failed('28000', 'no pg_hba.conf entry for host "10.0.0.1"')],
    ['no_database', failed('3D000')],
    ['tls_refused', new Error('The server does not support SSL connections')],
    ['tls_untrusted', failed('DEPTH_ZERO_SELF_SIGNED_CERT')],
    ['tls_untrusted', failed('ERR_TLS_CERT_ALTNAME_INVALID')],
    ['pooler', failed('08P01', 'unsupported startup parameter: options')],
    ['connections', failed('53300')],
    ['starting', failed('57P03')],
    ['away', failed('ECONNREFUSED')],
    ['away', new Error('something else')],
  ])('is %s', (rule, error) => {
    expect(causeOf(error).rule).toBe(rule);
    expect(causeOf(error).start('at db.example')).toMatch(/db\.example.*\. .*start again/i);
  });

  it.each(['53100', '25006', '28P01', '28000', '3D000', '53300', '57P01'])('is "not now" for %s, so that nothing is parked for it, with the words that the log has', (code) => {
    const error = mapped(failed(code));
    expect(error).toMatchObject({ name: 'Unavailable' });
    expect((error as Error).message).toContain(causeOf(error).now);
  });

  it.each(['23505', '42501', '22P02'])('is a fault of ours for %s', (code) => {
    const error = failed(code);
    expect(mapped(error)).toBe(error);
  });
});
