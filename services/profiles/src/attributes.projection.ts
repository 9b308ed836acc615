import { projection, put, table } from '@symbolon/event-sourcing';
import type { ProfilesEvent } from './events.gen.js';

/** Attributes with their provenance. Values stay sealed. A cleared attribute keeps its right. */
export const attributes = projection<ProfilesEvent>('profiles.attributes.v1', { categories: ['profile'] }, table('profiles.attributes_v1', ['subject', 'name']), {
  AttributeSet: ({ metadata, event: { data } }) => put({ subject: metadata.subject ?? '', name: data.name, value: data.value, set_by: data.setBy, verified: data.verified, since: metadata.at }),
  AttributeCleared: ({ metadata, event: { data } }) => put({ subject: metadata.subject ?? '', name: data.name, value: null, set_by: data.clearedBy, verified: 'none', since: metadata.at }),
  AttributeRightChanged: ({ metadata, event: { data } }) => put({ subject: metadata.subject ?? '', name: data.name, writable_by: data.writableBy }),
});
