/** A value in a statement: text or a whole number. What has more structure is stored as JSON. */
export type Value = string | number;

export interface Queries {
  /** Runs one statement, which has a `?` for each value, and returns its rows. Numbers come back as numbers. */
  all<Row>(sql: string, ...values: Value[]): Promise<Row[]>;
  /** Sends a text to all subscribers of this database. Within a transaction it is sent when the transaction commits. */
  publish(text: string): Promise<void>;
}

/** How long the platform waits for its database, in ms. */
export interface Deadlines {
  /** For a connection to the database: to make one, or until one is free. @default 5000 */
  connect: number;
  /** For one statement, and for a notification to come back. @default 5000 */
  statement: number;
  /** For a row, a room or a file that somebody else has locked. @default 2000 */
  lock: number;
}

export const DEADLINES: Deadlines = {connect: 5000, statement: 5000, lock: 2000};

/** What is called when the connection breaks that hears what is published. */
export interface LineListener {
  /** It broke, and is being made anew. */
  broken: () => void;
  /** It is there again. Texts that were published meanwhile are missing. */
  back: () => void;
}

/** Where the local platform keeps everything. Every call ends: it rejects when the database does not answer in time. */
export interface Database extends Queries {
  /** Whether other processes may use the database at the same time. */
  readonly shared: boolean;
  /** Queries that never wait for anybody's work: for heartbeats and health checks. */
  readonly vital: Queries;
  /**
   * The time in epoch ms for what must end after a while, such as seats. It is the same in all processes on one database,
   * and does not follow a clock of this computer that somebody sets.
   */
  now(): number;
  /**
   * Runs `work` as one transaction: all of it happens, or nothing if it throws. Other transactions wait for the rows that
   * this one locks. `work` must use only the queries it is given: on the database itself it would wait for its own end.
   * The database may run `work` again after a conflict, so it must have no other side effects. Transactions of one `key`,
   * the id of the room that they lock, wait for each other, and hold up nobody else.
   */
  transaction<Result>(work: (queries: Queries) => Promise<Result>, key?: string): Promise<Result>;
  /**
   * Calls `hear` with each text published from now on, also by this process; the texts of one publisher keep their order.
   */
  subscribe(hear: (text: string) => void, line?: LineListener): void;
  /**
   * Publishes something to itself and waits for it. Rejects if that does not arrive in time; then the database connects
   * anew. Also sets the clock of `now` by the database's.
   */
  check(): Promise<void>;
  /** Waits for running statements, but not for long, and closes the database. */
  close(): Promise<void>;
}
