import {randomUUID} from 'node:crypto';
import type {Database} from '../database/database.js';
import {ACTIVE, freeOverdue, lockRoom, SEAT_KEPT} from './live-room.js';

/** How often a process shows that it is alive, in ms. */
export const HEARTBEAT = 10_000;

/** After so many of our own heartbeats without one of another process, that process counts as dead. */
const MISSED_HEARTBEATS = 3;

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
  #beating = false;

  constructor(database: Database, {clock, log}: {clock: () => number; log: (error: unknown) => void}) {
    this.#database = database;
    this.#clock = clock;
    this.#log = log;
  }

  /** Registers this process. It may hold connections only after that. */
  async start() {
    if (!this.#database.shared) await this.#takeOver();
    await this.#showLife();
  }

  /**
   * Shows that this process is alive, removes dead processes, and frees overdue seats. Returns false if others had removed
   * this process as dead: then they have freed the seats of its connections.
   */
  async beat(): Promise<boolean> {
    // With a slow database, delayed heartbeats would follow each other so fast that live processes looked dead.
    if (this.#beating) return true;
    this.#beating = true;
    try {
      const beats = await this.#showLife();
      await this.#removeDead();
      await this.#sweep();
      return beats > 1;
    } finally {
      this.#beating = false;
    }
  }

  async stop() {
    await this.#database.all('delete from processes where id = ?', this.id);
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

  async #showLife(): Promise<number> {
    const [own] = await this.#database.all<{beats: number}>(
      `insert into processes (id, beats, seen) values (?, 1, ?)
        on conflict (id) do update set beats = processes.beats + 1, seen = excluded.seen returning beats`,
      this.id,
      this.#clock(),
    );
    return own!.beats;
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
    const rooms = await this.#database.all<{room_id: string}>(
      `select room_id from connections where seat_until <= ?
        union select room_id from connections where process is not null and process not in (select id from processes)
        union select room_id from rooms where until <= ? and not ${ACTIVE}`,
      now,
      now,
      now,
    );
    // A room that fails is reported, and must not keep the others waiting.
    for (const {room_id} of rooms) await sweepRoom(this.#database, room_id, now).catch(this.#log);
  }
}

/** Frees the seats in one room of people who were away for too long or whose process is dead. */
export function sweepRoom(database: Database, room_id: string, now: number): Promise<void> {
  return database.transaction(async queries => {
    const room = await lockRoom(queries, room_id, now);
    if (!room) return;
    // A dead process was silent for about as long as a seat is kept, so they are overdue at once.
    const orphans = await queries.all<{id: string}>(
      `update connections set process = null, socket = null, seat_until = cast(? as bigint) where room_id = ?
        and process is not null and process not in (select id from processes) returning id`,
      now,
      room_id,
    );
    for (const visit of room.visits) {
      if (orphans.some(({id}) => id === visit.id)) Object.assign(visit, {socket: null, seat_until: now});
    }
    await freeOverdue(queries, room, now);
  });
}
