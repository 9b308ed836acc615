export type { Data } from './data.js';
export { file_symbolon_options_v1_options, personal } from './gen/options.js';
export * from './gen/public.js';
export { catalog, type Catalog, type EventKind } from './catalog.js';
export { codec, type CodecOptions, type Upcasters } from './codec.js';
export { goldenSamples, type GoldenSample } from './golden-samples.js';
