import { postgresStoreUnderTest } from '../test/postgres.js';
import { eventStoreSuite } from './index.js';

eventStoreSuite('Postgres', postgresStoreUnderTest);
