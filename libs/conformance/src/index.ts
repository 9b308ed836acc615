export * from './link.js';
export * from './in-process-link.js';
export * from './event-store.suite.js';
export * from './bus.suite.js';
export * from './progress.suite.js';
