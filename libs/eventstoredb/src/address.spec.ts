import { inspect } from 'node:util';
import { describe, expect, it } from '@jest/globals';
import { parseAddress } from './address.js';

const refused = (text: string): unknown => {
  try {
    parseAddress(text);
  } catch (error) {
    return error;
  }
  return undefined;
};

describe('an address of EventStoreDB', () => {
  it('names hosts, a user and whether TLS is spoken', () => {
    expect(parseAddress('esdb://symbolon:p%40ss@one:2113,two:2114?tls=true')).toMatchObject({ label: 'one:2113,two:2114', discover: false, tls: true, credentials: { username: 'symbolon', password: 'p@ss' } });
    expect(parseAddress('esdb://localhost?tls=false')).toMatchObject({ label: 'localhost:2113', tls: false });
    expect(parseAddress('esdb+discover://u:p@nodes.example.com')).toMatchObject({ discover: true, hosts: [{ address: 'nodes.example.com', port: 2113 }] });
    expect(parseAddress('esdb://[::1]:2113/?tls=false').hosts).toEqual([{ address: '[::1]', port: 2113 }]);
  });

  it.each([
    ['another scheme', 'http://u:hunter2@node:2113'],
    ['no host', 'esdb://u:hunter2@'],
    ['a port that is none', 'esdb://u:hunter2@node:99999'],
    ['an option that is not known', 'esdb://u:hunter2@node:2113?tlsVerifyCert=false'],
    ['an option with a wrong value', 'esdb://u:hunter2@node:2113?tls=maybe'],
    ['a certificate that is not there', 'esdb://u:hunter2@node:2113?tlsCAFile=/nowhere/ca.crt'],
    ['two hosts to discover', 'esdb+discover://u:hunter2@one,two'],
    ['a password that is not encoded', 'esdb://u:hunter2%@node'],
    ['an at sign in the password', 'esdb://u:hunter2@more@node'],
    ['TLS without a user', 'esdb://node:2113?hunter2'],
  ])('is refused with the rule and an example, and never shown, when it has %s', (_, text) => {
    const error = refused(text);
    expect(error).toMatchObject({ name: 'Invalid', rule: 'store/bad_address', message: expect.stringMatching(/^The address of EventStoreDB .+ Example: esdb:/) });
    expect(inspect(error, { depth: 9 }).split('\n').filter((line) => !line.includes('.spec.ts')).join('\n')).not.toContain('hunter2');
  });

  it('is not shown by a server that does not answer', async () => {
    const { eventStoreDB } = await import('./event-store.js');
    const store = eventStoreDB({ url: 'esdb://symbolon:hunter2@127.0.0.1:1', deadline: 500 });
    const failed = await Promise.allSettled([store.head(), store.read('a-1'), store.append({ stream: 'a-1', expected: -1n, events: [{ id: '6f9619ff-8b86-4d01-b42d-00c04fc964ff', type: 't', metadata: new Uint8Array(), data: new Uint8Array() }] })]);
    for (const each of failed) {
      expect(each).toMatchObject({ status: 'rejected', reason: { name: 'Unavailable' } });
      expect(inspect(each, { depth: 9, showHidden: true })).not.toContain('hunter2');
    }
    await store.close();
  });
});
