/** Ends the command with one sentence that names the way out, status 1 and no stack. */
export class Failure extends Error {
  override readonly name = 'Failure';
}
