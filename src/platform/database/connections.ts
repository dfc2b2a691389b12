import type {ClientConfig, Pool, PoolClient, QueryConfig, QueryResult} from 'pg';
import {RoomsError} from '../../rooms/errors.js';
import type {Deadlines} from './queries.js';

/** How much longer than the server we wait for an answer, in ms. Then the connection itself is broken. */
const LATE = 1000;

/** SQLSTATEs after which a connection is of no use: lost, shut down, or to a server that only reads. */
const ENDING = /^(08|57P|25006)/;

/** An error that the server sent, and not the network. */
const isAnswer = (error: unknown) => typeof error === 'object' && error !== null && 'severity' in error;

export const codeOf = (error: unknown) => (error as {code?: string} | null)?.code ?? '';

/** The connection broke, or there is none. Whatever was asked has no answer. */
export class NoAnswer extends RoomsError {
  /** Whether the server was silent for too long. Asking again would double the wait. */
  readonly late: boolean;

  constructor(cause: unknown) {
    super('offline', 'The Postgres server does not answer.', {cause});
    this.late = /timeout|timed out/i.test((cause as Error).message);
  }
}

const retold = (error: unknown) => (isAnswer(error) ? error : new NoAnswer(error));

/** Whether a connection should be closed after this error. */
export const endsConnection = (error: unknown) => error instanceof NoAnswer || ENDING.test(codeOf(error));

/** One connection while it is in use. */
export interface Line {
  query(config: QueryConfig): Promise<QueryResult>;
  /** Whether an error has ended it. */
  readonly broken: boolean;
}

/** Some connections to Postgres, on which every wait has a deadline. */
export class Connections {
  readonly #pool: Pool;
  readonly #deadlines: Deadlines;
  /** Goes up when a connection broke: then the others, which are as old, are not used again, either. */
  #generation = 0;
  #generations = new WeakMap<PoolClient, number>();

  constructor(pg: {Pool: typeof Pool}, config: ClientConfig, max: number, deadlines: Deadlines) {
    this.#deadlines = deadlines;
    const {connect, statement} = deadlines;
    this.#pool = new pg.Pool({
      ...config,
      max,
      connectionTimeoutMillis: connect,
      query_timeout: statement + LATE,
    });
    // An idle connection broke. The pool has dropped it, and the next query opens another.
    this.#pool.on('error', () => {});
    // One that is in use may break between two queries, or in the same moment in which it was opened. The next query
    // fails then, but an `error` event that nobody hears ends the process.
    this.#pool.on('connect', client => client.on('error', () => {}));
  }

  /** Runs some work on one connection. */
  async use<Result>(work: (line: Line) => Promise<Result>): Promise<Result> {
    const client = await this.#take().catch((cause: unknown) => {
      throw retold(cause);
    });
    let broken = false;
    const query = async (config: QueryConfig) => {
      try {
        return await client.query(config);
      } catch (cause) {
        const error = retold(cause);
        broken ||= endsConnection(error);
        throw error;
      }
    };
    try {
      return await work({
        query,
        get broken() {
          return broken;
        },
      });
    } finally {
      if (broken && this.#generations.get(client) === this.#generation) this.#generation += 1;
      client.release(broken);
    }
  }

  end(): Promise<void> {
    return this.#pool.end();
  }

  async #take(): Promise<PoolClient> {
    for (;;) {
      const client = await this.#pool.connect();
      const generation = this.#generations.get(client);
      if (generation === this.#generation) return client;
      if (generation === undefined) return this.#prepare(client);
      client.release(true);
    }
  }

  /** Sets the server's own deadlines: what we no longer wait for must not go on there, and hold locks. */
  async #prepare(client: PoolClient): Promise<PoolClient> {
    const {statement, lock} = this.#deadlines;
    try {
      await client.query(
        `select set_config('statement_timeout', $1, false), set_config('lock_timeout', $2, false),
          set_config('idle_in_transaction_session_timeout', $3, false)`,
        [String(statement), String(lock), String(2 * statement)],
      );
    } catch (error) {
      client.release(true);
      throw error;
    }
    this.#generations.set(client, this.#generation);
    return client;
  }
}
