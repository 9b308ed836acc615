export function generated(): Map<string, string>;
export function stale(files?: Map<string, string>, root?: string): string[];
