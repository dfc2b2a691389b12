import {Unavailable, type Database, type Queries} from '../database/database.js';
import {hash} from './admission.js';
import {
  freeOverdue,
  isListed,
  lockRoom,
  removeVisit,
  SEAT_KEPT,
  tellGone,
  tellOf,
  visitsOf,
  type LiveRoom,
  type Visit,
} from './live-room.js';
import {closeRecord} from './records.js';

/** Most departures from one room that are written in one transaction. */
const AT_ONCE = 50;

/** The end of a connection that held a visit, or may have held one. */
export interface Departure {
  /** Identifies the connection. */
  socket: string;
  /** The room, if it is known. */
  room_id?: string | undefined;
  /** Whether the visit is over. Otherwise it is interrupted, and its seat is kept for a while. */
  over: boolean;
  /** When the platform last heard of the visitor. */
  heard: number;
  /** Of a visitor who was never told that they are in: the id of the token that is good again. */
  token?: string | undefined;
  /** Of a visitor who was never told that they are back: the secret that is good again. */
  secret?: string | undefined;
}

/** Those who wait to be written for one room. */
interface Queue {
  waiting: Departure[];
  /** Resolves when all of them were tried. */
  written: Promise<void>;
}

/**
 * Writes to the database who has gone. What fails is kept, in order, and tried again: nobody keeps a seat by a fault. Those
 * who leave a room while others are being written are written together after them: a full room may empty in a moment.
 */
export class Departures {
  #database: Database;
  #clock: () => number;
  #log: (error: unknown) => void;
  /** Those that the database does not know yet. */
  #open = new Map<string, Departure>();
  /** Those of them that could not be written, and are tried again. */
  #failed = new Set<Departure>();
  #queues = new Map<string, Queue>();
  /** By secret: the connection that resumes with it, as in `settle`. */
  #resuming = new Map<string, Promise<void>>();

  constructor(database: Database, {clock, log}: {clock: () => number; log: (error: unknown) => void}) {
    this.#database = database;
    this.#clock = clock;
    this.#log = log;
  }

  /** Resolves when this was tried. Never rejects. */
  async write(departure: Departure) {
    const {socket, room_id} = departure;
    this.#open.set(socket, departure);
    if (room_id === undefined) return this.#try([departure]);
    const queue = this.#queues.get(room_id) ?? {waiting: [], written: Promise.resolve()};
    this.#queues.set(room_id, queue);
    queue.waiting.push(departure);
    // Each turn takes at least one, so this departure is written in its own turn or before.
    const turn = queue.written.then(() => this.#try(queue.waiting.splice(0, AT_ONCE)));
    queue.written = turn;
    await turn;
    if (queue.written === turn) this.#queues.delete(room_id);
  }

  /** Whether the end of this connection is still to be written. */
  has(socket: string): boolean {
    return this.#open.has(socket);
  }

  /** Tries again what has failed, one by one: a row that cannot be read must not keep others from leaving. */
  async retry() {
    for (const departure of this.#failed) await this.#try([departure]);
  }

  /**
   * Waits for an earlier connection with this secret. Its client, which heard nothing, tries again: if it was back without
   * knowing, its secret is made good again first. Throws `Unavailable` if that fails. `told` resolves when this connection is
   * told that it is back, or has gone.
   */
  async settle(secret: string, told: Promise<void>) {
    const before = this.#resuming.get(secret);
    this.#resuming.set(secret, told);
    await before;
    void told.then(() => this.#resuming.get(secret) === told && this.#resuming.delete(secret));
    for (const departure of this.#failed) {
      if (departure.secret !== secret) continue;
      await this.#try([departure]);
      if (this.#failed.has(departure)) throw Unavailable.busy();
    }
  }

  async #try(departures: Departure[]) {
    if (departures.length === 0) return;
    try {
      await this.#write(departures);
      for (const departure of departures) {
        this.#open.delete(departure.socket);
        this.#failed.delete(departure);
      }
    } catch (error) {
      for (const departure of departures) this.#failed.add(departure);
      this.#log(error);
    }
  }

  async #write(departures: Departure[]) {
    const [{socket, room_id}] = departures as [Departure];
    const [found] =
      room_id === undefined
        ? await this.#database.all<{room_id: string}>('select room_id from connections where socket = ?', socket)
        : [{room_id}];
    if (found) await depart(this.#database, found.room_id, departures, this.#clock());
  }
}

/** Writes to the database that some connections to one room have ended. */
function depart(database: Database, room_id: string, departures: Departure[], now: number): Promise<void> {
  return database.transaction(async queries => {
    const room = await lockRoom(queries, room_id, now);
    if (!room) return;
    for (const departure of departures) {
      const [visit] = await visitsOf(queries, room, 'socket = ?', departure.socket);
      // Another connection holds the visit by now, or nobody.
      if (!visit) continue;
      if (departure.over) await leave(queries, room, visit, departure, now);
      else await goAway(queries, room, visit, departure, now);
    }
    const frees = departures.some(({over, heard}) => over || heard + SEAT_KEPT <= now);
    if (frees) await freeOverdue(queries, room, now);
  }, room_id);
}

/** Ends a visit and frees its seat. */
async function leave(queries: Queries, room: LiveRoom, visit: Visit, {token}: Departure, now: number) {
  if (token !== undefined) await queries.all('update tokens set used = null where jti = ?', token);
  await removeVisit(queries, visit, now);
  await tellGone(queries, room, visit);
}

/** Notes that a connection broke. Its seat is kept for a while after the last sign of life. */
async function goAway(queries: Queries, room: LiveRoom, visit: Visit, {heard, secret}: Departure, now: number) {
  const until = heard + SEAT_KEPT;
  await closeRecord(queries, visit.id, now);
  await queries.all(
    'update connections set process = null, socket = null, seat_until = ? where id = ?',
    until,
    visit.id,
  );
  if (secret !== undefined) await queries.all('update connections set secret = ? where id = ?', hash(secret), visit.id);
  if (isListed(visit) && until > now) await tellOf(queries, room, visit, {type: 'user-away', id: visit.id});
}
