export * from './vault.js';
export { isSealed, sealedContext, type SealedContext } from './sealed-text.js';
export { memoryVault } from './memory-vault.js';
export { postgresVault, type PostgresVaultOptions } from './postgres-vault.js';
export { rotateKek, type Rotation } from './kek-rotation.js';
export { loadKeys, parseKey, type Keys } from './key-files.js';
export { KEY_LIFETIME } from './subject-keys.js';

/** Folder of the migrations of schema `vault`. */
export const migrations = new URL('../migrations/', import.meta.url);
export { recogniseKeys, refuseForeignKeys, type CheckedKeys } from './key-checks.js';
