import { describe, expect, it } from '@jest/globals';
import { catalog, goldenSamples } from '@symbolon/events';
import { file_symbolon_consent_v1_events as file, type ConsentEvent } from './events.gen.js';
import { authorizations } from './authorizations.projection.js';
import { consents } from './consent.decider.js';
import { purpose } from './purpose.decider.js';
import { purposes } from './purposes.projection.js';
import { statuses } from './statuses.projection.js';

describe('golden samples of consent', () => {
  it('hold every event that was ever stored', async () => {
    const types = new Set((await goldenSamples<ConsentEvent>(file)).map(({ opened }) => opened.event.type));
    expect(catalog([file]).kinds.filter(({ type }) => !types.has(type as ConsentEvent['type']))).toEqual([]);
  });

  it('still say what they said when they were stored', async () => {
    for (const { name, opened, data } of await goldenSamples<ConsentEvent>(file)) expect([name, opened.event.data]).toEqual([name, expect.objectContaining(data)]);
  });

  it('go through every decider and projection that knows them', async () => {
    const samples = await goldenSamples<ConsentEvent>(file);
    const handled = new Set<string>();
    for (const { opened, sealed } of samples) {
      for (const decider of [consents, purpose] as const) (decider.evolve as (state: unknown, event: ConsentEvent) => unknown)(decider.initial, opened.event);
      for (const projection of [statuses, authorizations, purposes] as const) {
        const handler = projection.on[sealed.event.type] as ((envelope: typeof sealed) => unknown) | undefined;
        if (!handler) continue;
        expect(handler(sealed)).toBeDefined();
        handled.add(sealed.event.type);
      }
    }
    expect([...handled].sort()).toEqual(['PurposePublished', 'PurposeRetired', 'ConsentGranted', 'ConsentWithdrawn', 'ClientAuthorized', 'ClientAuthorizationWithdrawn'].sort());
  });
});
