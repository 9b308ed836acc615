export declare function sentence(words: readonly string[]): string | undefined;
export declare function mayHold(source: string, name: string): boolean;
