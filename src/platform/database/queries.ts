/** A value in a statement: text or a whole number. What has more structure is stored as JSON. */
export type Value = string | number;

export interface Queries {
  /** Runs one statement, which has a `?` for each value, and returns its rows. Numbers come back as numbers. */
  all<Row>(sql: string, ...values: Value[]): Promise<Row[]>;
  /** Sends a text to all subscribers of this database. Within a transaction it is sent when the transaction commits. */
  publish(text: string): Promise<void>;
}

/** Where the local platform keeps everything. */
export interface Database extends Queries {
  /** Whether other processes may use the database at the same time. */
  readonly shared: boolean;
  /**
   * Runs `work` as one transaction: all of it happens, or nothing if it throws. Other transactions wait for the rows that
   * this one locks. `work` must use only the queries it is given: on the database itself it would wait for its own end.
   * The database may run `work` again after a conflict, so it must have no other side effects.
   */
  transaction<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result>;
  /**
   * Calls `hear` with each text published from now on, also by this process; the texts of one publisher keep their
   * order. Some texts may be missing after the connection to the database was lost, and then `lost` is called.
   */
  subscribe(hear: (text: string) => void, lost?: () => void): void;
  /** Waits for running statements and closes the database. */
  close(): Promise<void>;
}
