import type {Holder} from '../../rooms/admission.js';
import type {Database} from '../database/database.js';
import type {Connection} from './connection.js';
import {endIfEmpty, lockRoom, personOf, removeVisit, tellGone, visitsOf} from './live-room.js';
import type {Peer} from './messages.js';
import {tryDefinition, tryHolder} from './stored.js';

/** Most rows of a table that one beat looks at. The next one goes on after them. */
const AT_ONCE = 500;

interface MenderOptions {
  /** The id of this process. */
  process: string;
  clock: () => number;
  log: (error: unknown) => void;
  /** A connection of this process. */
  at: (key: string) => Pick<Connection, 'you' | 'socket'> | undefined;
}

/** Repairs rows that somebody has damaged. Each is reported once. Until then readers leave it out, or refuse it. */
export class Mender {
  #database: Database;
  #options: MenderOptions;
  #mending = false;
  /** The ids after which the next beat goes on. */
  #visit = '';
  #room = '';

  constructor(database: Database, options: MenderOptions) {
    this.#database = database;
    this.#options = options;
  }

  /** Looks at some rows. Call it at each beat. While one call is under way, others do nothing. */
  async mend() {
    if (this.#mending) return;
    this.#mending = true;
    try {
      await this.#mendVisits();
      await this.#mendSessions();
    } finally {
      this.#mending = false;
    }
  }

  /** Visits of this process's connections, and of people who are away. */
  async #mendVisits() {
    const rows = await this.#database.all<{id: string; room_id: string; holder: string}>(
      `select id, room_id, holder from connections where id > ? and (process = ? or process is null)
        order by id limit ${AT_ONCE}`,
      this.#visit,
      this.#options.process,
    );
    this.#visit = rows.length < AT_ONCE ? '' : rows.at(-1)!.id;
    for (const row of rows) if (!tryHolder(row)) await this.#mendVisit(row);
  }

  /** Writes anew who is connected here, and frees the seat of somebody who is away: nobody knows who that is. */
  async #mendVisit({id, room_id}: {id: string; room_id: string}) {
    const {clock, at, log} = this.#options;
    const done = await this.#database.transaction(async queries => {
      const now = clock();
      const room = await lockRoom(queries, room_id, now);
      const [visit] = room ? await visitsOf(queries, room, 'id = ?', id) : [];
      if (!room || !visit || tryHolder(visit)) return undefined;
      if (visit.socket === null) {
        await removeVisit(queries, visit, now);
        await tellGone(queries, room, visit);
        await endIfEmpty(queries, room, now);
        return {sentence: 'It was deleted, and its seat is free.'};
      }
      const connection = at(visit.socket);
      // A visitor who is just coming in was not told yet who they are.
      const holder = connection?.you && holderOf(connection.you);
      if (!holder) return undefined;
      const sql = 'update connections set holder = ?, person = ? where id = ?';
      await queries.all(sql, JSON.stringify(holder), personOf(holder), id);
      return {sentence: 'It was written anew.', connection};
    }, room_id);
    if (!done) return;
    log(new Error(`The row ${id} of "connections" could not be read. ${done.sentence}`));
    // The client resumes, and so those learn of its visitor who came meanwhile.
    done.connection?.socket.terminate();
  }

  /** Running sessions, which get the present definition of their room. */
  async #mendSessions() {
    const rows = await this.#database.all<{room_id: string; definition: string; current: string}>(
      `select sessions.room_id, sessions.definition, rooms.definition as current from sessions
        join rooms on rooms.room_id = sessions.room_id where sessions.room_id > ?
        order by sessions.room_id limit ${AT_ONCE}`,
      this.#room,
    );
    this.#room = rows.length < AT_ONCE ? '' : rows.at(-1)!.room_id;
    for (const {room_id, definition, current} of rows) {
      if (tryDefinition(definition) || !tryDefinition(current)) continue;
      const sql = 'update sessions set definition = ? where room_id = ? and definition = ? returning room_id';
      const mended = await this.#database.all(sql, current, room_id, definition);
      if (!mended.length) continue;
      const sentence = 'It has the present settings of its room.';
      this.#options.log(new Error(`The row ${room_id} of "sessions" could not be read. ${sentence}`));
    }
  }
}

/** Who a token was for, from what its visitor was told about themselves. */
function holderOf({name, role, user_ref, data}: Peer): Holder | undefined {
  return user_ref === undefined ? undefined : {name, role, user_ref, ...(data && {data})};
}
