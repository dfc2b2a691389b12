import {randomUUID} from 'node:crypto';
import type {Database} from '../database/database.js';
import {ACTIVE, freeOverdue, lockRoom, SEAT_KEPT} from './live-room.js';

/** How often a process shows that it is alive, in ms, if nothing else is asked for. */
export const HEARTBEAT = 10_000;

/** After so many of our own heartbeats without one of another process, that process counts as dead. */
const MISSED_HEARTBEATS = 3;

/** How many rooms are swept at once. */
const AT_ONCE = 5;

/** Identifies this run of the program, which may hold several platforms. */
const RUN = randomUUID();

/**
 * One of the processes that hold connections on a database, and its view of the others. It sees by their heartbeat
 * counters whether they are alive. The clocks of two machines are never compared.
 */
export class Process {
  readonly id = `${RUN}.${randomUUID()}`;
  #database: Database;
  #clock: () => number;
  #log: (error: unknown) => void;
  #seen = new Map<string, {beats: number; unchanged: number}>();
  #tidying = false;

  constructor(database: Database, {clock, log}: {clock: () => number; log: (error: unknown) => void}) {
    this.#database = database;
    this.#clock = clock;
    this.#log = log;
  }

  /** Registers this process. It may hold connections only after that. */
  async start() {
    if (!this.#database.shared) await this.#takeOver();
    await this.showLife();
  }

  /**
   * Shows that this process is alive. Returns false if others had removed it as dead: then they have freed the seats of its
   * connections.
   */
  async showLife(): Promise<boolean> {
    const [own] = await this.#database.vital.all<{beats: number}>(
      `insert into processes (id, beats, seen) values (?, 1, ?)
        on conflict (id) do update set beats = processes.beats + 1, seen = excluded.seen returning beats`,
      this.id,
      this.#clock(),
    );
    return own!.beats > 1;
  }

  /** Removes dead processes, and frees overdue seats. Call it as often as `showLife`: it counts the others' heartbeats. */
  async tidy() {
    // With a slow database, delayed calls would follow each other so fast that live processes looked dead.
    if (this.#tidying) return;
    this.#tidying = true;
    try {
      await this.#removeDead();
      await this.#sweep();
    } finally {
      this.#tidying = false;
    }
  }

  /** The sockets that hold a visit of this process, as the database knows them. */
  async sockets(): Promise<string[]> {
    const rows = await this.#database.vital.all<{socket: string}>(
      'select socket from connections where process = ?',
      this.id,
    );
    return rows.map(({socket}) => socket);
  }

  /** Takes this process out of the list, unless somebody still counts as connected to it. Others will find it dead then. */
  async stop() {
    await this.#database.all(
      'delete from processes where id = ? and not exists (select 1 from connections where process = processes.id)',
      this.id,
    );
  }

  /** Marks everybody who was connected to an earlier run as away since shortly after its last heartbeat. */
  #takeOver() {
    const now = this.#clock();
    return this.#database.transaction(async queries => {
      for (const {id, seen} of await queries.all<{id: string; seen: number}>('select id, seen from processes')) {
        if (id.startsWith(RUN)) continue;
        await queries.all(
          'update connections set process = null, socket = null, seat_until = ? where process = ?',
          Math.min(now, seen + HEARTBEAT) + SEAT_KEPT,
          id,
        );
        await queries.all('delete from processes where id = ?', id);
      }
    });
  }

  async #removeDead() {
    const before = this.#seen;
    this.#seen = new Map();
    for (const {id, beats} of await this.#database.all<{id: string; beats: number}>(
      'select id, beats from processes',
    )) {
      const known = before.get(id);
      const unchanged = known?.beats === beats ? known.unchanged + 1 : 0;
      this.#seen.set(id, {beats, unchanged});
      if (unchanged < MISSED_HEARTBEATS) continue;
      // The condition on `beats` spares a process that shows life at this very moment.
      await this.#database.all('delete from processes where id = ? and beats = ?', id, beats);
    }
  }

  /** Sweeps every room where somebody was away for too long or was connected to a dead process, or whose time is over. */
  async #sweep() {
    const now = this.#clock();
    // A clock that was ahead, and no longer is, must not keep a seat for longer than anybody is away.
    const latest = now + SEAT_KEPT;
    await this.#database.all('update connections set seat_until = ? where seat_until > ?', latest, latest);
    const rooms = await this.#database.all<{room_id: string}>(
      `select room_id from connections where seat_until <= ?
        union select room_id from connections where process is not null and process not in (select id from processes)
        union select room_id from rooms where until <= ? and not ${ACTIVE}`,
      now,
      now,
      now,
    );
    // A room that fails is reported, and must not keep the others waiting.
    for (let first = 0; first < rooms.length; first += AT_ONCE) {
      const some = rooms.slice(first, first + AT_ONCE);
      await Promise.all(some.map(({room_id}) => sweepRoom(this.#database, room_id, now).catch(this.#log)));
    }
  }
}

/** Frees the seats in one room of people who were away for too long or whose process is dead. */
export function sweepRoom(database: Database, room_id: string, now: number): Promise<void> {
  return database.transaction(async queries => {
    const room = await lockRoom(queries, room_id, now);
    if (!room) return;
    // A dead process was silent for about as long as a seat is kept, so they are overdue at once.
    await queries.all(
      `update connections set process = null, socket = null, seat_until = cast(? as bigint) where room_id = ?
        and process is not null and process not in (select id from processes)`,
      now,
      room_id,
    );
    await freeOverdue(queries, room, now);
  }, room_id);
}
