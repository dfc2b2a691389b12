import {css} from 'lit';
import type {Room} from '../rooms/room.js';
import {roomPhase} from '../rooms/times.js';
import {addStyles} from '../styles/root.js';
import type {Layout, PickerHost} from './picker-layout.js';

/** Everything about the room can be read, and the box keeps its size. */
const styles = css`
  :host([layout='card']) [part~='list'] {
    flex: 1;
  }
  :host([layout='card']) li {
    padding-block: calc(3 * var(--_space));
  }
  :host([layout='card']) li[aria-selected] {
    border-color: transparent;
    border-inline-start-width: 1px;
    padding-inline-start: var(--_start);
    background: none;
  }
  :host([layout='card']) li[aria-selected]::before {
    inset-inline-start: calc(3 * var(--_space));
    inset-block: calc(3 * var(--_space) + 0.4em) auto;
  }
  :host([layout='card']) [part='name'] {
    font-size: 1.25em;
    white-space: normal;
  }
  :host([layout='card']) span + bdi {
    display: block;
  }
`;

/** One room of a picker, which is chosen: the one that `value` names, else the first that is live or open. */
export class RoomCard implements Layout {
  #host: PickerHost;
  /** The same list for the same room, or it would be drawn anew. */
  #shown: Room[] = [];

  constructor(host: PickerHost) {
    this.#host = host;
    addStyles(host, styles);
  }

  shown(rooms: Room[]): Room[] {
    const {value, source} = this.#host;
    const room = value
      ? rooms.find(({room_id}) => room_id === value)
      : (rooms.find(({isRoomActive}) => isRoomActive) ??
        rooms.find(each => roomPhase(each, source.now) === 'open') ??
        rooms[0]);
    if (room) this.#host.value = room.room_id;
    if (room !== this.#shown[0]) this.#shown = room ? [room] : [];
    return this.#shown;
  }
}
