import {RoomsError} from '../rooms/errors.js';
import type {Rooms} from '../rooms/rooms.js';

/** The most requests at once. */
const AT_ONCE = 4;
/** How long an answer is used, in ms. */
const HOLDS = 10_000;

interface Host {
  readonly source: {readonly rooms: Rooms};
  showUsers: boolean;
}

interface Row {
  element?: Element;
  state?: string;
  inside?: number;
}

/** A list that writes rows and calls `written` after each. */
interface List {
  rows: Map<string, Row>;
  written?(row: Row): void;
  write(row: Row): void;
}

/**
 * Counts the people in the live rooms that are in view: at most 4 requests at once, and at most one per room every 10 s.
 * It stops once the proxy answers that the visitor may not know.
 */
export class Inside {
  #host: Host;
  #list: List;
  #rooms?: Rooms;
  #inView = new Set<string>();
  /** When each room was asked for, by `performance.now()`. */
  #asked = new Map<string, number>();
  /** The last answers, for rows that are made again. */
  #known = new Map<string, number>();
  #notBefore = 0;
  #running = 0;
  /** Simulated pages have none, so nothing is in view there. */
  #observer =
    globalThis.IntersectionObserver &&
    new IntersectionObserver(entries => {
      for (const {target, isIntersecting} of entries) this.#inView[isIntersecting ? 'add' : 'delete'](idOf(target));
      this.next();
    });

  constructor(host: Host, list: List) {
    this.#host = host;
    this.#list = list;
    const follow = (row: Row) => {
      const {element, state} = row;
      if (!element) return;
      if (state === 'live') {
        this.#observer?.observe(element);
        const inside = this.#known.get(idOf(element));
        if (row.inside === undefined && inside !== undefined) list.write(Object.assign(row, {inside}));
        return;
      }
      this.#observer?.unobserve(element);
      this.#inView.delete(idOf(element));
    };
    list.written = follow;
    list.rows.forEach(follow);
  }

  /** Sends the requests that are due. */
  next() {
    const {source, showUsers} = this.#host;
    if (!showUsers) return;
    let rooms: Rooms;
    try {
      ({rooms} = source);
    } catch {
      return; // There is no endpoint any more; the host reports that when it loads.
    }
    if (rooms !== this.#rooms) {
      this.#rooms = rooms;
      this.#asked.clear();
      this.#known.clear();
      this.#notBefore = 0;
    }
    for (const id of this.#inView) {
      const now = performance.now();
      if (this.#running >= AT_ONCE || now < this.#notBefore) return;
      if (now - (this.#asked.get(id) ?? -HOLDS) < HOLDS) continue;
      this.#asked.set(id, now);
      void this.#count(id, rooms);
    }
  }

  async #count(id: string, rooms: Rooms) {
    this.#running++;
    try {
      const {length: inside} = await rooms.users(id);
      if (rooms === this.#rooms) {
        this.#known.set(id, inside);
        const row = this.#list.rows.get(id);
        if (row) this.#list.write(Object.assign(row, {inside}));
      }
    } catch (error) {
      if (rooms === this.#rooms) this.#rest(error);
    }
    this.#running--;
    this.next();
  }

  #rest(error: unknown) {
    if (!(error instanceof RoomsError)) return;
    const {code, retryAfter = 0} = error;
    const refused = code === 'denied' || code === 'unauthorized';
    this.#notBefore = refused ? Infinity : performance.now() + retryAfter * 1000;
  }
}

const idOf = ({id}: Element) => id.replace('room-', '');
