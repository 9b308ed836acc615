// What takes long is tried by `npm run test:deep` alone: `npm test` tries the same with fewer rounds.

/** Whether this run has an hour rather than minutes. */
export const isDeep = process.env['SYMBOLON_TEST_DEEP'] === 'yes';

/** A count for every change, and the count where time is no matter. */
export const rounds = (usual: number, deep: number): number => (isDeep ? deep : usual);
