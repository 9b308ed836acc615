/** Ends the start with one sentence that names the way out; the process exits with status 1 and no stack. */
export class CannotStart extends Error {
  override readonly name = 'CannotStart';
}

const says = (error: unknown, pattern: RegExp): boolean => {
  for (let at = error; at instanceof Error; at = at.cause) if (pattern.test(`${(at as NodeJS.ErrnoException).code ?? ''} ${at.message}`)) return true;
  return false;
};

/** Known causes of a failed start as a sentence; other errors come back as they are, for they are faults of ours. */
export function explain(error: unknown, dataDir: string): unknown {
  if (error instanceof CannotStart) return error;
  if (says(error, /ENOSPC|no space left on device|53100/i)) return new CannotStart(`The disk of ${dataDir} is full. Free some space, or choose another place with SYMBOLON_DATA_DIR, and start again.`, { cause: error });
  if (says(error, /EACCES|EROFS/)) return new CannotStart(`${dataDir} cannot be written by this user. Change its owner, or choose another place with SYMBOLON_DATA_DIR, and start again.`, { cause: error });
  return error;
}
