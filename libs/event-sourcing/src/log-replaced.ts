/** The log is not the one that was known: it was emptied, or restored from an older backup. Its sentence is meant to be shown. */
export class LogReplaced extends Error {
  override readonly name = 'LogReplaced';
  /** `where`: the engine, as it may be shown. */
  constructor(where: string) {
    super(
      `The event log ${where} ends before what this installation has already seen: it was emptied, or restored from an older backup. Nothing is written to it. Bring back a log that holds everything; or, if what is missing is lost, stop Symbolon and run "symbolon events restored".`,
    );
  }
}
