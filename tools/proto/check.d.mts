export function changedSamples(proto: string, before: string): string[];
export function sampleGaps(proto?: string): string[];
