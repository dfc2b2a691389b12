import type {LitElement} from 'lit';
import {httpRooms} from '../http/client.js';
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
  #made?: {key: string; rooms: Rooms};

  constructor(host: SourceHost) {
    this.#host = host;
  }

  /** Whether the element itself says where; a button tied to a picker asks the picker otherwise. */
  get own(): boolean {
    const {rooms, endpoint} = this.#host;
    return Boolean(rooms ?? endpoint);
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
      this.#made = {key, rooms: httpRooms({endpoint, headers: grant ? {authorization: `Bearer ${grant}`} : {}})};
    }
    return this.#made.rooms;
  }
}
