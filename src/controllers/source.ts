import type {LitElement} from 'lit';
import {httpRooms, type HttpRoomsOptions} from '../http/client.js';
import {RoomsError} from '../rooms/errors.js';
import type {Rooms} from '../rooms/rooms.js';

/** The properties by which every element is told where its rooms are. */
export interface SourceHost extends LitElement {
  endpoint: string;
  grant: string;
  rooms?: Rooms;
}

/**
 * The `Rooms` of an element: its own `rooms`, else those at its `endpoint`, else those at the page's
 * `<meta name="greenroom-endpoint">`.
 */
export class Source {
  #host: SourceHost;
  #room: HttpRoomsOptions['room'];
  #made?: {key: string; rooms: Rooms};
  #known: unknown[] = [];

  /**
   * @param room - The keys of a room that are read from an answer. Default: those needed to choose and join a room.
   */
  constructor(host: SourceHost, room?: HttpRoomsOptions['room']) {
    this.#host = host;
    this.#room = room;
  }

  /**
   * Whether the host's `endpoint`, `grant` or `rooms`, or the `roomId`, is another one than at the last call. True at the
   * first call.
   */
  isNew(roomId?: string): boolean {
    const {endpoint, grant, rooms} = this.#host;
    const before = this.#known;
    this.#known = [endpoint, grant, rooms, roomId];
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
      throw new RoomsError('misconfigured', 'A page must not hold an app-key; give it to a token proxy.', {
        key: 'app-key',
      });
    }
    if (host.rooms) return host.rooms;
    const endpoint = host.endpoint || metaOf(host.ownerDocument) || metaOf(document);
    if (!endpoint) throw new RoomsError('misconfigured', 'There is no endpoint.', {key: 'endpoint'});
    const {grant} = host;
    const key = `${endpoint} ${grant}`;
    if (this.#made?.key !== key) {
      const headers: Record<string, string> = grant ? {authorization: `Bearer ${grant}`} : {};
      this.#made = {key, rooms: httpRooms({endpoint, headers, room: this.#room})};
    }
    return this.#made.rooms;
  }
}

/** The endpoint that a page names. A popup or a frame that it opened may have none of its own. */
const metaOf = (page: Document) => page.querySelector<HTMLMetaElement>('meta[name="greenroom-endpoint"]')?.content;
