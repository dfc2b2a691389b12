import type {Words} from '../locales/joining/joining.js';
import type {Room} from '../rooms/room.js';

/** The groups of the list; `new` holds the rooms that appeared since the list was sorted. */
export type Group = keyof Words['groups'];

/** A room in the list. */
export interface Row {
  room: Room;
  /** The last loaded list that had the room. */
  of?: Room[];
  /** Epoch ms; NaN for a room that is always open. */
  opensAt?: number;
  endsAt?: number;
  /** The state now; `gone` if the room is no longer listed. */
  state?: Exclude<Group, 'new'> | 'gone';
  /** The group of the row. Rows do not move, so it may differ from `state`. */
  group?: Group;
  /** Whether the room looks different from when the list was sorted. */
  reworded?: boolean;
  /** The text that a search looks through. */
  text?: string;
  /** The voice that the row was written in; see `RoomList.draw`. Undefined if it must be written again. */
  voice?: string;
  element?: HTMLElement;
}

/** The groups in the order of the list. */
export const emptyGroups = (): Record<Group, Row[]> => ({live: [], open: [], soon: [], over: [], new: []});
