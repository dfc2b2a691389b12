import type {Database} from '../database/database.js';
import {goAway, leave} from './admission.js';

/** The end of a connection that held a visit, or may have held one. */
export interface Departure {
  /** Identifies the connection. */
  socket: string;
  /** Whether the visit is over. Otherwise it is interrupted, and its seat is kept for a while. */
  over: boolean;
  /** When the platform last heard of the visitor. */
  heard: number;
  /** Of a visitor who was never told that they are in: the id of the token that is good again. */
  token?: string;
  /** Of a visitor who was never told that they are back: the secret that is good again. */
  secret?: string;
}

/** Writes to the database who has gone. What fails is kept, in order, and tried again: nobody keeps a seat by a fault. */
export class Departures {
  #database: Database;
  #clock: () => number;
  #log: (error: unknown) => void;
  /** Those that the database does not know yet. */
  #open = new Map<string, Departure>();

  constructor(database: Database, {clock, log}: {clock: () => number; log: (error: unknown) => void}) {
    this.#database = database;
    this.#clock = clock;
    this.#log = log;
  }

  /** Never rejects. */
  async write(departure: Departure) {
    this.#open.set(departure.socket, departure);
    await this.#try(departure);
  }

  /** Whether the end of this connection is still to be written. */
  has(socket: string): boolean {
    return this.#open.has(socket);
  }

  async retry() {
    for (const departure of this.#open.values()) await this.#try(departure);
  }

  async #try(departure: Departure) {
    try {
      await this.#write(departure);
      this.#open.delete(departure.socket);
    } catch (error) {
      this.#log(error);
    }
  }

  async #write({socket, over, heard, token, secret}: Departure) {
    const [visit] = await this.#database.all<{id: string; room_id: string}>(
      'select id, room_id from connections where socket = ?',
      socket,
    );
    // Another connection holds the visit by now, or nobody.
    if (!visit) return;
    const admitted = {...visit, socket};
    if (over) await leave(this.#database, admitted, this.#clock(), token);
    else await goAway(this.#database, admitted, {heard, now: this.#clock(), secret});
  }
}
