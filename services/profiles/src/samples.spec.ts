import { describe, expect, it } from '@jest/globals';
import { catalog, goldenSamples } from '@symbolon/events';
import { file_symbolon_profiles_v1_events as file, type ProfilesEvent } from './events.gen.js';
import { attributes } from './attributes.projection.js';
import { profile } from './profile.decider.js';
import { profilesThere } from './profiles.projection.js';

describe('golden samples of profiles', () => {
  it('hold every event that was ever stored', async () => {
    const types = new Set((await goldenSamples<ProfilesEvent>(file)).map(({ opened }) => opened.event.type));
    expect(catalog([file]).kinds.filter(({ type }) => !types.has(type as ProfilesEvent['type']))).toEqual([]);
  });

  it('still say what they said when they were stored', async () => {
    for (const { name, opened, data } of await goldenSamples<ProfilesEvent>(file)) expect([name, opened.event.data]).toEqual([name, expect.objectContaining(data)]);
  });

  it('go through every decider and projection that knows them', async () => {
    const samples = await goldenSamples<ProfilesEvent>(file);
    const handled = new Set<string>();
    for (const { opened, sealed } of samples) {
      for (const decider of [profile] as const) (decider.evolve as (state: unknown, event: ProfilesEvent) => unknown)(decider.initial, opened.event);
      for (const projection of [attributes, profilesThere] as const) {
        const handler = projection.on[sealed.event.type] as ((envelope: typeof sealed) => unknown) | undefined;
        if (!handler) continue;
        expect(handler(sealed)).toBeDefined();
        handled.add(sealed.event.type);
      }
    }
    expect([...handled].sort()).toEqual(['ProfileCreated', 'AttributeSet', 'AttributeCleared', 'AttributeRightChanged'].sort());
  });
});
