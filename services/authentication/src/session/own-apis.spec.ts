import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Ports } from '@symbolon/web';
import type { IdentityProvider } from '../oidc/identity-provider.js';
import { OwnApis } from './own-apis.js';

const server = createServer((request, response) => {
  const changed = request.url !== '/nothing';
  response.writeHead(201, { 'content-type': 'application/json', 'symbolon-position': '0001' }).end(JSON.stringify({ position: '0001', changed }));
});
let apis: OwnApis;

beforeAll(async () => {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const internalOrigin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  apis = new OwnApis({ configuration: { internalOrigin }, log: { warn: () => undefined } } as unknown as Ports, { token: async () => 'a.b.c' } as unknown as IdentityProvider);
});
afterAll(() => void server.close());

const post = (path: string) => apis.call({ account: { accountId: 'a1', epoch: 0 }, scope: 'consent:record', method: 'POST', path, body: {} });

it('a change has a position that its followers reach', async () => expect(await post('/change')).toMatchObject({ status: 201, position: '0001' }));
it('where nothing was changed there is nothing to wait for', async () => expect(await post('/nothing')).toMatchObject({ status: 201, position: undefined }));
