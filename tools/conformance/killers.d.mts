export type Result = Readonly<{ fullName: string; status: string }>;
export type Run = Readonly<{ hasEnded: boolean; tests: ReadonlyMap<string, Result> }>;
export declare const TRIES: number;
export declare function killersOf(run: () => Promise<Run>): Promise<Readonly<{ by: readonly Result[]; why?: string }>>;
