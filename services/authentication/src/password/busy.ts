/** All hashing workers have as much to do as they may be given. `retryAfter` is in seconds. */
export class Busy extends Error {
  override readonly name = 'Busy';
  readonly retryAfter = 2;
}
