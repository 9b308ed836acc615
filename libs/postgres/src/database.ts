/** Rows of one statement. */
export type Result<R> = Readonly<{ rows: R[]; rowCount: number }>;

/** One open transaction; READ COMMITTED. Statements are awaited one after another. */
export interface Tx {
  query<R extends object = Record<string, unknown>>(text: string, values?: readonly unknown[]): Promise<Result<R>>;
}

/** A pool under one service's role. Throws `Unavailable` (event-sourcing) when the server is away; other errors carry SQLSTATE in `code`. */
export interface Database extends Tx {
  /** Commits when `work` resolves, rolls back when it throws. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
}
