import type {LitElement} from 'lit';
import {httpRooms, type HttpRoomsOptions} from '../http/client.js';
import {RoomsError} from '../rooms/errors.js';
import type {Rooms} from '../rooms/rooms.js';

/** What every element offers to say where its rooms are. */
export interface SourceHost extends LitElement {
  endpoint: string;
  grant: string;
  rooms?: Rooms;
}

/**
 * Where an element's rooms come from: its own `rooms`, else its `endpoint`, else the page's
 * `<meta name="greenroom-endpoint">`.
 */
export class Source {
  #host: SourceHost;
  #room: HttpRoomsOptions['room'];
  #made?: {key: string; rooms: Rooms};

  /** `room`: what is read of a room; what one needs to choose and join it, unless told. */
  constructor(host: SourceHost, room?: HttpRoomsOptions['room']) {
    this.#host = host;
    this.#room = room;
  }

  /** The source of the picker that an element is tied to, unless the element itself says where. */
  or(picker: Source | undefined): Source {
    const {rooms, endpoint} = this.#host;
    return picker && !(rooms ?? endpoint) ? picker : this;
  }

  /** Throws `misconfigured` when nothing says where the rooms are, or what it says is not an address. */
  get rooms(): Rooms {
    const host = this.#host;
    if (host.hasAttribute('app-key')) {
      throw new RoomsError('misconfigured', 'A page must not hold an app-key; give it to a token proxy.');
    }
    if (host.rooms) return host.rooms;
    const endpoint =
      host.endpoint || document.querySelector<HTMLMetaElement>('meta[name="greenroom-endpoint"]')?.content;
    if (!endpoint) throw new RoomsError('misconfigured', `<${host.localName}> has no endpoint.`, {key: 'endpoint'});
    const {grant} = host;
    const key = `${endpoint} ${grant}`;
    if (this.#made?.key !== key) {
      const headers: Record<string, string> = grant ? {authorization: `Bearer ${grant}`} : {};
      this.#made = {key, rooms: httpRooms({endpoint, headers, room: this.#room})};
    }
    return this.#made.rooms;
  }
}
