// Property tests try this many cases, where time is no matter.
import fc from 'fast-check';

fc.configureGlobal({ numRuns: 5_000 });
