import { describe, expect, it } from '@jest/globals';
import { catalog, goldenSamples } from '@symbolon/events';
import { file_symbolon_authentication_v1_events as file, type AuthenticationEvent } from './events.gen.js';
import { account } from './account.decider.js';
import { accounts, roles } from './accounts.projection.js';
import { client } from './client/client.decider.js';
import { clients, clientSecrets } from './client/clients.projection.js';
import { signIn } from './sign-in/sign-in.decider.js';

describe('golden samples of authentication', () => {
  it('hold every event that was ever stored', async () => {
    const types = new Set((await goldenSamples<AuthenticationEvent>(file)).map(({ opened }) => opened.event.type));
    expect(catalog([file]).kinds.filter(({ type }) => !types.has(type as AuthenticationEvent['type']))).toEqual([]);
  });

  it('still say what they said when they were stored', async () => {
    for (const { name, opened, data } of await goldenSamples<AuthenticationEvent>(file)) expect([name, opened.event.data]).toEqual([name, expect.objectContaining(data)]);
  });

  it('go through every decider and projection that knows them', async () => {
    const samples = await goldenSamples<AuthenticationEvent>(file);
    const handled = new Set<string>();
    for (const { opened, sealed } of samples) {
      for (const decider of [account, client, signIn] as const) (decider.evolve as (state: unknown, event: AuthenticationEvent) => unknown)(decider.initial, opened.event);
      for (const projection of [accounts, roles, clients, clientSecrets] as const) {
        const handler = projection.on[sealed.event.type] as ((envelope: typeof sealed) => unknown) | undefined;
        if (!handler) continue;
        expect(handler(sealed)).toBeDefined();
        handled.add(sealed.event.type);
      }
    }
    expect([...handled].sort()).toEqual(['AccountRegistered', 'PasswordSet', 'AccessRevoked', 'AccountDisabled', 'AccountEnabled', 'RoleAssigned', 'RoleRemoved', 'ClientCreated', 'ClientChanged', 'ClientSecretRotated', 'ClientDisabled', 'ClientEnabled'].sort());
  });
});
