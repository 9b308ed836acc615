export function breaking(proto: string, before: string): string | undefined;
export const PROTO: string;
export function buf(args: readonly string[], options?: { cwd?: string }): { status: number; output: string };
