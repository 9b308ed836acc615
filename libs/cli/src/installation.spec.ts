import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from '@jest/globals';
import { installation } from './installation.js';

const folder = mkdtempSync(join(tmpdir(), 'symbolon-cli-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('says where it looked when there is no installation', () => {
  expect(() => installation({ SYMBOLON_DATA_DIR: folder })).toThrow(new RegExp(`${folder}.*npm start`));
});

it('reads the machine client of the data folder', () => {
  writeFileSync(join(folder, 'admin.json'), JSON.stringify({ issuer: 'http://localhost:3000/oidc', client_id: 'c_1', client_secret: 's' }));
  expect(installation({ SYMBOLON_DATA_DIR: folder }).client_id).toBe('c_1');
});
