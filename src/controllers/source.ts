import type {LitElement, ReactiveController} from 'lit';
import {httpRooms, type HttpRoomsOptions} from '../http/client.js';
import {RoomsError} from '../rooms/errors.js';
import type {Rooms} from '../rooms/rooms.js';
import {clockOf} from '../rooms/times.js';
import {around} from './around.js';

/** The properties by which every element is told where its rooms are. */
export interface SourceHost extends LitElement {
  endpoint: string;
  grant: string;
  rooms?: Rooms;
}

/** Fired at the document when what a `<green-room>` lends may have changed. */
const LENT = 'greenroom-lent';

/** Tells the elements in a page that what the `<green-room>` around them lends may have changed. */
export const tellLent = (page: Document) => page.dispatchEvent(new Event(LENT));

/**
 * The `Rooms` of an element: its own `rooms`, else those at its `endpoint`, else those of the nearest `<green-room>` around
 * it, else those at the page's `<meta name="greenroom-endpoint">`.
 */
export class Source implements ReactiveController {
  #host: SourceHost;
  #room: HttpRoomsOptions['room'];
  #report: HttpRoomsOptions['report'];
  #made?: {endpoint: string; grant: string; rooms: Rooms};
  #known: unknown[] = [];
  #page?: Document;
  #update = () => this.#host.requestUpdate();

  /**
   * @param room - The keys of a room that are read from an answer. Default: those needed to choose and join a room.
   * @param report - Called with an error for each room that was left out of a list. Default: `console.warn`.
   */
  constructor(host: SourceHost, room?: HttpRoomsOptions['room'], report?: HttpRoomsOptions['report']) {
    this.#report = report;
    this.#host = host;
    this.#room = room;
    host.addController(this);
  }

  hostConnected() {
    this.#page = this.#host.ownerDocument;
    this.#page.addEventListener(LENT, this.#update);
    // It may have come into another <green-room>.
    this.#update();
  }

  hostDisconnected() {
    this.#page?.removeEventListener(LENT, this.#update);
  }

  /**
   * Whether the `endpoint`, `grant` or `rooms` that the host uses, or `what` it asks for, is another one than at the last
   * call. True at the first call.
   */
  isNew(what: string | boolean): boolean {
    const {endpoint, grant, rooms} = this.#given;
    const before = this.#known;
    this.#known = [endpoint, grant, rooms, what];
    return this.#known.some((each, at) => each !== before[at]);
  }

  /** This source if the host has `rooms` or an `endpoint` of its own, else the source of the picker it is tied to. */
  or(picker: Source | undefined): Source {
    const {rooms, endpoint} = this.#host;
    return picker && !(rooms ?? endpoint) ? picker : this;
  }

  /** Throws `misconfigured` if neither the element nor the page has an endpoint, or if it is not an http(s) address. */
  get rooms(): Rooms {
    const host = this.#host;
    if (host.hasAttribute('app-key')) {
      throw new RoomsError('misconfigured', 'Give an app-key to a token proxy, not to a page.', {
        key: 'app-key',
      });
    }
    const {rooms, endpoint = metaOf(host.ownerDocument) || metaOf(document), grant} = this.#given;
    if (rooms) return rooms;
    if (!endpoint) throw new RoomsError('misconfigured', 'There is no endpoint.', {key: 'endpoint'});
    const made = this.#made;
    if (made?.endpoint !== endpoint || made.grant !== grant) {
      const headers: Record<string, string> = grant ? {authorization: `Bearer ${grant}`} : {};
      // The server's time is known already if only the grant was renewed.
      const skew = made?.endpoint === endpoint ? clockOf(made.rooms) - Date.now() : 0;
      this.#made = {
        endpoint,
        grant,
        rooms: httpRooms({endpoint, headers, room: this.#room, skew, report: this.#report}),
      };
    }
    return this.#made!.rooms;
  }

  /** What the host has itself, and what the elements around it lend. A grant goes only to the endpoint it is for. */
  get #given(): {rooms?: Rooms | undefined; endpoint?: string; grant: string} {
    let grant = '';
    for (let at: Element | null | undefined = this.#host; at; at = around(at)) {
      if (at !== this.#host && at.localName !== 'green-room') continue;
      // Until <green-room> is loaded, it has attributes only.
      const read = (name: 'endpoint' | 'grant') => (at as SourceHost)[name] ?? at!.getAttribute(name);
      grant ||= read('grant') ?? '';
      const {rooms} = at as SourceHost;
      const endpoint = read('endpoint');
      if (rooms || endpoint) return {rooms, endpoint, grant};
    }
    return {grant};
  }

  /** The server's time in epoch ms if it is known, else the visitor's. */
  get now(): number {
    try {
      return clockOf(this.rooms);
    } catch {
      return Date.now(); // There is no usable endpoint, which is reported when the element asks for something.
    }
  }
}

/**
 * Does `work` with rooms. If it fails and the page replaced the rooms meanwhile (it renewed a grant, say), the work is done
 * again with the new ones, so that nothing a person asked for is lost.
 *
 * @param current - Returns the rooms at present.
 */
export async function withRooms<T>(
  current: () => Rooms,
  work: (rooms: Rooms) => Promise<T>,
  signal?: AbortSignal,
): Promise<T> {
  const rooms = current();
  try {
    return await work(rooms);
  } catch (error) {
    if (signal?.aborted || current() === rooms) throw error;
    return withRooms(current, work, signal);
  }
}

/** The endpoint that a page names. A popup or a frame that it opened may have none of its own. */
const metaOf = (page: Document) => page.querySelector<HTMLMetaElement>('meta[name="greenroom-endpoint"]')?.content;
