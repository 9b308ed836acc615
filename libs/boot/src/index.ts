export { boot, type BootOptions, type Running } from './boot.js';
export { copyEvents, eventsRestored, type Voice } from './events/commands.js';
export type { InstallationOptions } from './events/installation.js';
export { setUpEventStore, type EventStoreSetup } from './events/setup.js';
export { CannotStart } from './cannot-start.js';
export { isLoopback, isPublicIssuer } from './loopback.js';
export { run, type Started } from './main.js';
export { parseSettings, variables, WrongSettings, type Settings } from './settings.js';
