import {createHash} from 'node:crypto';
import {Socket} from 'node:net';
import type {Client, ClientConfig} from 'pg';
import {RoomsError} from '../../rooms/errors.js';
import {codeOf, Connections, endsConnection, NoAnswer, type Line} from './connections.js';
import {Lanes} from './lanes.js';
import {Listener, notesOf} from './listener.js';
import {migrate, TABLES, tablesOf, type Tables} from './migrations.js';
import {hasNoTls, openingError, tryRights, tryServer, tryToMake} from './needs.js';
import {BEGIN, isCommitted, type Transaction} from './outcome.js';
import {Unavailable} from './unavailable.js';
import type {Database, Deadlines, LineListener, Queries, Value} from './queries.js';
import {tlsOf} from './tls.js';

type Pg = Pick<typeof import('pg'), 'Client' | 'Pool' | 'types'>;

/** Errors after which a statement or a transaction should run again: conflicts, and connections that the server ended. */
const AGAIN = /^(40001|40P01|25006|57P0[123])$/;

/** Errors that end when somebody else is done: locks, conflicts, and a transaction that waited for too long. */
const BUSY = /^(55P03|40001|40P01|25P03)$/;

/** Errors of a server that can do nothing for anybody: lost, stopping, full, read-only, or too slow. */
const AWAY = /^(08|53|57|58|25006)/;

/** How long making the tables may take, and how long it waits for other processes, in ms. */
const MIGRATION = {statement: 600_000, lock: 15_000};

/** How many transactions of one room may use a connection at once. */
const PER_ROOM = 2;

/** Opens a Postgres database, which many processes may share. All tables are in the first schema of its search path. */
export async function openPostgres(address: string, deadlines: Deadlines): Promise<Database> {
  const pg = await driver();
  const sockets = new Set<Socket>();
  try {
    const {config, schema} = await prepare(pg, configOf(pg, address, deadlines, sockets));
    const database = new PostgresDatabase(pg, config, {schema, deadlines, sockets});
    try {
      await database.listen();
      await database.check();
      return database;
    } catch (error) {
      await database.close();
      throw error;
    }
  } catch (cause) {
    for (const socket of sockets) socket.destroy();
    throw openingError(cause);
  }
}

/** Tries what the platform needs, and changes nothing. */
export async function examinePostgres(address: string, deadlines: Deadlines): Promise<Tables> {
  const pg = await driver();
  const sockets = new Set<Socket>();
  try {
    const config = configOf(pg, address, deadlines, sockets);
    return await connected(pg, config, deadlines.statement, async (one, two) => {
      await tryServer(one, two);
      if (await isNew(one)) {
        await tryToMake(one);
        return 'none';
      }
      const tables = await tablesOf(queriesOn(one));
      if (tables === 'ready') await tryRights(one, TABLES);
      return tables;
    });
  } catch (cause) {
    for (const socket of sockets) socket.destroy();
    throw openingError(cause);
  }
}

async function driver(): Promise<Pg> {
  const {default: pg} = await import('pg').catch((cause: unknown) => {
    throw new RoomsError('misconfigured', 'For a Postgres database run `npm install pg`.', {
      cause,
      desc: 'With nothing installed: npx -p greenroom -p pg greenroom platform',
    });
  });
  return pg;
}

interface Config {
  config: ClientConfig;
  /** Whether to go on without TLS if the server has none. */
  optional: boolean;
}

function configOf(pg: Pg, address: string, deadlines: Deadlines, sockets: Set<Socket>): Config {
  const hostOf = (connectionString: string) => new pg.Client({connectionString, ssl: false}).host;
  const {optional, ...tls} = tlsOf(address, hostOf);
  const config: ClientConfig = {
    ...tls,
    application_name: 'greenroom',
    connectionTimeoutMillis: deadlines.connect,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    // Ours, so that it can be destroyed: a connection that the network has swallowed never ends politely.
    stream: () => {
      const socket = new Socket();
      sockets.add(socket);
      return socket.on('close', () => sockets.delete(socket));
    },
    types: {
      // Counts and times are int8. By default pg returns int8 as text, for numbers above 2^53; ours never get there.
      getTypeParser: (oid, format) =>
        oid === pg.types.builtins.INT8 ? Number : (pg.types.getTypeParser(oid, format) as (text: string) => unknown),
    },
  };
  return {config, optional};
}

/** Tries what the platform needs, and makes the tables. */
const prepare = (pg: Pg, wanted: Config): Promise<{config: ClientConfig; schema: string}> =>
  connected(pg, wanted, MIGRATION.statement, async (one, two, config) => {
    const schema = await tryServer(one, two);
    await one.query(`set statement_timeout = ${MIGRATION.statement}; set lock_timeout = ${MIGRATION.lock}; begin`);
    // Processes may start at the same moment: only one of them may make the tables.
    await one.query('select pg_advisory_xact_lock(hashtext(current_schema()))');
    await migrate({...queriesOn(one), publish: () => Promise.resolve()}, {isNew: await isNew(one)});
    await one.query('commit');
    await tryRights(one, TABLES);
    return {config, schema};
  });

const queriesOn = (client: Client): Pick<Queries, 'all'> => ({all: (sql, ...values) => run(client, sql, values)});

/** Whether there is no table of migrations. */
async function isNew(client: Client): Promise<boolean> {
  const {rows} = await client.query<{isNew: boolean}>(
    `select to_regclass(quote_ident(current_schema()) || '.migrations') is null as "isNew"`,
  );
  return rows[0]!.isNew;
}

/** Runs some work on two connections, without TLS if the server has none and that will do. `timeout`: of a query, in ms. */
async function connected<Result>(
  pg: Pg,
  {config, optional}: Config,
  timeout: number,
  work: (one: Client, two: Client, config: ClientConfig) => Promise<Result>,
): Promise<Result> {
  const clients = [1, 2].map(() => new pg.Client({...config, query_timeout: timeout}));
  const [one, two] = clients as [Client, Client];
  for (const client of clients) client.on('error', () => {}); // The query that runs fails, too.
  try {
    await one.connect();
  } catch (error) {
    if (!optional || !hasNoTls(error)) throw error;
    return connected(pg, {config: {...config, ssl: false}, optional: false}, timeout, work);
  }
  try {
    await two.connect();
    return await work(one, two, config);
  } finally {
    await Promise.allSettled(clients.map(client => client.end()));
  }
}

class PostgresDatabase implements Database {
  readonly shared = true;
  readonly vital: Queries;
  #connections: Connections;
  #vital: Connections;
  #lanes: Lanes;
  #listener: Listener;
  #channel: string;
  #deadlines: Deadlines;
  #sockets: Set<Socket>;
  #listeners: ((text: string) => void)[] = [];
  #lineListeners: LineListener[] = [];
  /** The database's clock, as ms before or after this process's own, which never jumps. */
  #ahead = Date.now() - performance.now();

  constructor(
    pg: Pg,
    config: ClientConfig,
    {schema, deadlines, sockets}: {schema: string; deadlines: Deadlines; sockets: Set<Socket>},
  ) {
    this.#deadlines = deadlines;
    this.#sockets = sockets;
    this.#channel = `greenroom_${createHash('sha256').update(schema).digest('hex').slice(0, 16)}`;
    this.#connections = new Connections(pg, config, 10, deadlines);
    this.#vital = new Connections(pg, config, 2, deadlines);
    this.#lanes = new Lanes(PER_ROOM, deadlines.statement);
    this.vital = {
      // What had no answer is asked once more, over another connection.
      all: (sql, ...values) => again(endsConnection, () => this.#vital.use(line => run(line, sql, values))),
      publish: text => again(endsConnection, () => this.#vital.use(line => this.#publish(line, [text]))),
    };
    const connect = () => {
      const socket = config.stream!() as Socket;
      const client = new pg.Client({...config, stream: () => socket, query_timeout: deadlines.statement});
      return {client, socket};
    };
    this.#listener = new Listener(connect, this.#channel, {
      hear: text => this.#listeners.forEach(hear => hear(text)),
      broken: () => this.#lineListeners.forEach(({broken}) => broken()),
      back: () => this.#lineListeners.forEach(({back}) => back()),
    });
  }

  listen(): Promise<void> {
    return this.#listener.listen();
  }

  now(): number {
    return Math.round(performance.now() + this.#ahead);
  }

  all<Row>(sql: string, ...values: Value[]): Promise<Row[]> {
    // To read once more over another connection does no harm. Of a write without an answer we ask what became of it.
    if (!/^\s*select\b/i.test(sql)) return this.transaction(queries => queries.all<Row>(sql, ...values));
    return told(again(mayPass, () => this.#connections.use(line => run<Row>(line, sql, values))));
  }

  publish(text: string): Promise<void> {
    return told(this.#connections.use(line => this.#publish(line, [text])));
  }

  subscribe(hear: (text: string) => void, line?: LineListener) {
    this.#listeners.push(hear);
    if (line) this.#lineListeners.push(line);
  }

  transaction<Result>(work: (queries: Queries) => Promise<Result>, key?: string): Promise<Result> {
    const attempts = () => this.#attempts(work);
    return told(key === undefined ? attempts() : this.#lanes.run(key, attempts));
  }

  async check() {
    await this.#listener.echo(async (channel, note) => {
      const asked = performance.now();
      const sql = 'select pg_notify(?, ?), (extract(epoch from clock_timestamp()) * 1000)::bigint as now';
      const [row] = await this.vital.all<{now: number}>(sql, channel, note);
      this.#ahead = row!.now - (asked + performance.now()) / 2;
    }, this.#deadlines.statement);
  }

  async close() {
    this.#listener.close();
    // Connections that the network has swallowed would never end.
    const late = setTimeout(() => this.#sockets.forEach(socket => socket.destroy()), this.#deadlines.statement);
    await Promise.all([this.#connections.end(), this.#vital.end()]);
    clearTimeout(late);
  }

  async #attempts<Result>(work: (queries: Queries) => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      const state: Attempt<Result> = {};
      try {
        return await this.#connections.use(line => this.#attempt(line, work, state));
      } catch (error) {
        // Whatever was done before the commit is undone, so it may be done again.
        const again = isUndone(error) || (attempt === 1 && mayPass(error));
        if (!state.committing || !endsConnection(error)) {
          if (attempt === 5 || !again) throw error;
          continue;
        }
        const committed = await this.#isCommitted(state.committing.transaction);
        if (committed) return state.committing.result;
        if (attempt === 5 || committed === undefined) throw error;
      }
    }
  }

  async #attempt<Result>(line: Line, work: (queries: Queries) => Promise<Result>, state: Attempt<Result>) {
    try {
      const transaction = await begin(line);
      const published: string[] = [];
      const result = await work({
        all: (sql, ...values) => run(line, sql, values),
        publish: async text => void published.push(text),
      });
      if (published.length > 0) await this.#publish(line, published);
      state.committing = {transaction, result};
      await line.query({text: 'commit'});
      return result;
    } catch (error) {
      // A connection that cannot roll back is broken, and its end rolls back, too.
      if (!line.broken) await line.query({text: 'rollback'}).catch(() => {});
      throw error;
    }
  }

  /** Undefined if nobody knows. */
  #isCommitted(transaction: Transaction): Promise<boolean | undefined> {
    const ask = <Row>(sql: string, ...values: Value[]) => this.vital.all<Row>(sql, ...values);
    return isCommitted(ask, transaction, this.#deadlines.statement).catch(() => undefined);
  }

  /** Sends all pieces of some texts in one statement, so that they arrive together or not at all. */
  async #publish(line: Line, texts: string[]) {
    await line.query({
      text: 'select pg_notify($1, note) from unnest($2::text[]) with ordinality as notes (note, place)',
      values: [this.#channel, texts.flatMap(notesOf)],
    });
  }
}

/** One attempt at a transaction. */
interface Attempt<Result> {
  /** Present once `commit` is sent: what it commits, and what the work returned. */
  committing?: {transaction: Transaction; result: Result};
}

/** Two statements in one message have two results. */
async function begin(line: Line): Promise<Transaction> {
  const [, {rows}] = (await line.query({text: BEGIN})) as unknown as [unknown, {rows: [Transaction]}];
  return rows[0];
}

/** Whether the server said that nothing was done, and another attempt may do better. */
const isUndone = (error: unknown) => AGAIN.test(codeOf(error));

/** Whether another attempt may do better, if it is no matter that the first one was done, too. */
const mayPass = (error: unknown) => isUndone(error) || (error instanceof NoAnswer && !error.late);

/** Rejects with what callers may be told, if the database is away or busy. */
async function told<Result>(task: Promise<Result>): Promise<Result> {
  try {
    return await task;
  } catch (error) {
    if (error instanceof NoAnswer || AWAY.test(codeOf(error))) throw Unavailable.away(error);
    throw BUSY.test(codeOf(error)) ? Unavailable.busy(error) : error;
  }
}

/** Runs a task, and once more if it fails in such a way. */
async function again<Result>(should: (error: unknown) => boolean, task: () => Promise<Result>): Promise<Result> {
  try {
    return await task();
  } catch (error) {
    if (!should(error)) throw error;
    return task();
  }
}

const statements = new Map<string, {name: string; text: string}>();

/** A statement in Postgres's form, `$1` for the first `?`. With a name it is planned only once per connection. */
function prepared(sql: string) {
  let known = statements.get(sql);
  if (!known) {
    let count = 0;
    const text = sql.replace(/\?/g, () => `$${++count}`);
    statements.set(sql, (known = {text, name: createHash('sha256').update(sql).digest('hex').slice(0, 32)}));
  }
  return known;
}

async function run<Row>(line: Pick<Line, 'query'>, sql: string, values: Value[]): Promise<Row[]> {
  return (await line.query({...prepared(sql), values: values.map(storable)})).rows as Row[];
}

/** Postgres refuses NUL in text. It is replaced, so such an id matches nothing. */
const storable = (value: Value) => (typeof value === 'string' ? value.replaceAll('\0', '\uFFFD') : value);
