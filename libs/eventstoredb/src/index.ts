export { parseAddress, type Address } from './address.js';
export { eventStoreDB, type EventStoreDBOptions } from './event-store.js';
export { eventStoreDBWholeLog } from './whole-log.js';
export { setUpEventStoreDB, type SetUp, type SetupOptions } from './setup.js';
