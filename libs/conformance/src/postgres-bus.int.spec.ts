import { postgresBusUnderTest } from '../test/postgres.js';
import { busSuite } from './index.js';

busSuite('Postgres', postgresBusUnderTest);
