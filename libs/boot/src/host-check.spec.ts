import { expect, it } from '@jest/globals';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { hostCheck } from './host-check.js';

const statusFor = (host: string | undefined): number => {
  let status = 0;
  const response = { writeHead: (code: number) => (status = code), end: () => undefined } as unknown as ServerResponse;
  hostCheck({ origin: 'https://id.example.com', port: 3000 })({ headers: { host } } as IncomingMessage, response, () => (status = 200));
  return status;
};

it.each(['id.example.com', 'ID.example.com', 'localhost:3000', '127.0.0.1:3000', '[::1]:3000'])('serves the host %s', (host) => expect(statusFor(host)).toBe(200));

it.each(['evil.example.com', 'id.example.com.evil.example', 'localhost:4000', 'localhost', '', undefined])('refuses the host %s', (host) => expect(statusFor(host)).toBe(421));
