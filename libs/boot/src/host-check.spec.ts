import { expect, it } from '@jest/globals';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { hostCheck } from './host-check.js';

const statusFor = (host: string | undefined, forwarded?: string): number => {
  let status = 0;
  const response = { writeHead: (code: number) => (status = code), end: () => undefined } as unknown as ServerResponse;
  hostCheck({ origin: 'https://id.example.com', port: 3000 })({ headers: { host, ...(forwarded === undefined ? {} : { 'x-forwarded-host': forwarded }) } } as IncomingMessage, response, () => (status = 200));
  return status;
};

it.each(['id.example.com', 'ID.example.com', 'localhost:3000', '127.0.0.1:3000', '[::1]:3000'])('serves the host %s', (host) => expect(statusFor(host)).toBe(200));

it.each(['evil.example.com', 'id.example.com.evil.example', 'localhost:4000', 'localhost', '', undefined])('refuses the host %s', (host) => expect(statusFor(host)).toBe(421));

it.each([['id.example.com', 200], ['evil.example.com', 421], ['id.example.com, evil.example.com', 421]])('abuse 55: holds the host that a proxy names, %s, to the same list', (forwarded, status) => expect(statusFor('id.example.com', forwarded)).toBe(status));
