import type { Log } from '@symbolon/web';

const levels = ['debug', 'info', 'warn', 'error'] as const;
type Level = (typeof levels)[number];

const plain = (value: unknown): unknown =>
  value instanceof Error ? { name: value.name, message: value.message, code: (value as NodeJS.ErrnoException).code, stack: value.stack, ...(value.cause ? { cause: plain(value.cause) } : {}) } : value;

/** One JSON object a line on standard error, from `least` on. Fields never hold personal data: that is the caller's duty. */
export function jsonLog(least: Level = 'warn', write: (line: string) => void = (line) => void process.stderr.write(line)): Log {
  const from = levels.indexOf(least);
  const say = (level: Level) => (fields: object, message: string) => {
    if (levels.indexOf(level) < from) return;
    const content = Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, plain(value)]));
    write(`${JSON.stringify({ at: new Date().toISOString(), level, message, ...content }, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value))}\n`);
  };
  return { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
}
