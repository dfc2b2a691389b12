import {randomUUID} from 'node:crypto';
import type {Database} from '../database/database.js';
import {freeOverdue, IN, lockRoom, SEAT_KEPT} from './seats.js';

/** How often a process shows that it lives, in ms, and after how many beats without a sign it is dead. */
export const HEARTBEAT = 10_000;
const PATIENCE = 3;

/** This run of the program, in which there may be several platforms. */
const RUN = randomUUID();

/**
 * One of the processes that hold connections on a database, and its view of the others. Whether they live is told by
 * their counters alone: the clocks of two machines are never compared for that.
 */
export class Process {
  readonly id = `${RUN}.${randomUUID()}`;
  #database: Database;
  #clock: () => number;
  #seen = new Map<string, {beats: number; unchanged: number}>();
  #beating = false;

  constructor(database: Database, clock: () => number) {
    this.#database = database;
    this.#clock = clock;
  }

  /** Makes this process known; before that it may hold no connection. */
  async start() {
    if (!this.#database.shared) await this.#takeOver();
    await this.#showLife();
  }

  /**
   * Shows that this process lives, finds out who does not, and frees what is overdue. Answers false when the others had
   * taken this one for dead: its connections are no longer its own.
   */
  async beat(): Promise<boolean> {
    // Beats that wait for a slow database would follow each other too fast to judge anybody by them.
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

  /** Whoever was connected to an earlier run has vanished with it, shortly after its last beat. */
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
      if (unchanged < PATIENCE) continue;
      // Not if it shows life at this very moment.
      await this.#database.all('delete from processes where id = ? and beats = ?', id, beats);
    }
  }

  /** Looks at every room where somebody was away for too long, or is connected to a process that is dead. */
  async #sweep() {
    const now = this.#clock();
    const rooms = await this.#database.all<{room_id: string}>(
      `select room_id from connections where seat_until <= ?
        union select room_id from connections where process is not null and process not in (select id from processes)
        union select room_id from rooms where until <= ?
          and not exists (select 1 from connections where connections.room_id = rooms.room_id and ${IN})`,
      now,
      now,
      now,
    );
    for (const {room_id} of rooms) await sweepRoom(this.#database, room_id, now);
  }
}

/** Frees the seats in one room of those who were away for too long, or whose process is dead. */
export function sweepRoom(database: Database, room_id: string, now: number): Promise<void> {
  return database.transaction(async queries => {
    const room = await lockRoom(queries, room_id, now);
    if (!room) return;
    // Nobody has heard of them for longer than a seat is kept.
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
