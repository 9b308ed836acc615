export function breaking(proto: string, before: string): string | undefined;
