import { postgresProgressUnderTest } from '../test/postgres.js';
import { progressSuite } from './index.js';

progressSuite('Postgres', postgresProgressUnderTest);
