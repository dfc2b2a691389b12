import type {Words} from '../locales/joining/joining.js';
import type {Room} from '../rooms/room.js';
import {roomPhase} from '../rooms/times.js';

/** The groups of the list; `new` holds the rooms that appeared since the list was sorted. */
export type Group = keyof Words['groups'];

/** A room in the list. */
export interface Row {
  room: Room;
  /** The last loaded list that had the room. */
  of: Room[];
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

/** For 500 rooms and more, the first `count` in the order of the list, and one of another group if there is one. */
export function firstOf(rooms: Room[], now: number, count: number): Room[] {
  if (rooms.length < 500) return rooms;
  const first: Room[] = [];
  const isOpen = (room: Room, live: boolean) => !!room.isRoomActive === live && roomPhase(room, now) === 'open';
  for (const live of [true, false]) {
    for (const room of rooms) if (first.length < count && isOpen(room, live)) first.push(room);
  }
  if (first.length < count) return rooms;
  return [...first, rooms.find(room => !isOpen(room, !!first[0]!.isRoomActive)) ?? first[0]!];
}

/** What a row shows of a room, beside its settings. */
const TOLD = ['name', 'isRoomActive', 'inside', 'full', 'capacity', 'faces'] as const;

/** The settings that a row shows. */
const SHOWN = ['description', 'mode', 'scheduled', 'scheduled_time', 'duration', 'knock'] as const;

/** Whether two rooms look the same in the list. */
export const looksLike = (one: Room, other: Room) =>
  one === other ||
  (TOLD.every(key => String(one[key]) === String(other[key])) &&
    SHOWN.every(key => one.settings[key] === other.settings[key]));
