import { projection, put, remove, table } from '@symbolon/event-sourcing';
import type { ConsentEvent } from './events.gen.js';

/** Purposes and the text in force of each. */
export const purposes = projection<ConsentEvent>('consent.purposes.v1', { categories: ['purpose'] }, table('consent.purposes_v1', ['purpose']), {
  PurposePublished: ({ metadata, event: { data } }) =>
    put({ purpose: data.purpose, basis: data.basis, claims: data.claims, text_version: data.textVersion, title: data.title, text: data.text, published_at: metadata.at }),
  PurposeRetired: ({ event: { data } }) => remove({ purpose: data.purpose }),
});
