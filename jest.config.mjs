// SWC compiles specs and sources to ES modules. JSX is preact's. Packages of the house resolve to their sources, so that a test never runs a stale build.
const swc = (tsx) => [
  '@swc/jest',
  {
    jsc: {
      target: 'es2023',
      keepClassNames: true,
      parser: { syntax: 'typescript', tsx, decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true, react: { runtime: 'automatic', importSource: 'preact' } },
    },
    module: { type: 'es6' },
    sourceMaps: 'inline',
  },
];

export default {
  testEnvironment: '<rootDir>/tools/test/environment.mjs', // no process outlives its file
  globalSetup: '<rootDir>/tools/test/global-setup.mjs', // nor this one whoever started it
  testTimeout: 60_000, // a guard against what hangs; no rule depends on how quick a machine is
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: { '\\.ts$': swc(false), '\\.tsx$': swc(true) },
  moduleNameMapper: {
    '^@symbolon/([^/]+)/([^/]+)$': '<rootDir>/libs/$1/src/$2.ts',
    '^@symbolon/([^/]+)$': ['<rootDir>/libs/$1/src/index.ts', '<rootDir>/services/$1/src/index.ts'],
    '^(\\.{1,2}/.*)\\.js$': ['$1', '$1.js'],
  },
  filter: '<rootDir>/tools/test/chosen.mjs',
  testMatch: ['**/*.spec.ts', '**/*.spec.tsx'],
  testPathIgnorePatterns: ['/node_modules/', '/fixtures/'],
  modulePathIgnorePatterns: ['<rootDir>/.*/dist/', '<rootDir>/.symbolon/', '<rootDir>/.cache/'],
};
