import { eventStoreDBUnderTest } from '../test/eventstoredb.js';
import { eventStoreSuite } from './index.js';

eventStoreSuite('EventStoreDB', () => {
  const url = process.env['SYMBOLON_TEST_EVENTSTOREDB'];
  if (!url) throw new Error('SYMBOLON_TEST_EVENTSTOREDB names no server: npm run conformance leaves this file out then');
  return eventStoreDBUnderTest(url);
});
