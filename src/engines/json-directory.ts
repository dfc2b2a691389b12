import {checkFree, checkOpen} from '../rooms/admission.js';
import type {RoomDefinition} from '../rooms/definition.js';
import type {Directory, DirectoryRoom} from '../rooms/directory.js';
import {RoomsError} from '../rooms/errors.js';
import {invalidValue, notFound} from '../rooms/results.js';
import {checkDefinition} from '../rooms/rules.js';
import type {Room} from '../rooms/room.js';
import {RoomId} from '../rooms/schema.js';
import {isObject, isText} from '../rooms/values.js';

/** A room in a list: its own id, what a room is made from, and the name of its engine if there are several. */
export type ListedDefinition = RoomDefinition & {room_id: string; engine?: string | undefined};

/**
 * A directory that is a list: from a file in JSON, an option, or an environment variable. It cannot be changed.
 *
 * @param options.clock - Returns the time in epoch ms. Default: `Date.now`.
 * @throws RoomsError `misconfigured`, with the place of the fault as its key: `rooms.2.settings.participants`.
 * @example
 * const directory = jsonDirectory([{room_id: 'lobby', name: 'Lobby', settings: {participants: 20}}]);
 */
export function jsonDirectory(
  rooms: readonly ListedDefinition[],
  {clock = Date.now}: {clock?: (() => number) | undefined} = {},
): Directory {
  if (!Array.isArray(rooms)) throw wrong('rooms', 'The rooms must be a list: [{"room_id": "lobby", "name": "Lobby"}].');
  const entries = rooms.map((room: unknown, index) => entryOf(room, `rooms.${index}`));
  const byId = new Map(entries.map(room => [room.room_id, room]));
  // Some engines compare ids in lower case.
  const ids = entries.map(({room_id}) => room_id.toLowerCase());
  const twice = ids.findIndex((id, index) => ids.indexOf(id) !== index);
  if (twice >= 0)
    throw wrong(`rooms.${twice}.room_id`, 'Another room has the same room_id, or one that differs in case.');

  const readOnly = async (): Promise<never> => {
    throw new RoomsError('not_editable', 'The list of rooms is read-only.', {desc: 'Change the file with the rooms.'});
  };
  return {
    writable: false,
    fixed: entries,
    list: async () => [...entries],
    async get(id) {
      const room = byId.get(id);
      if (!room) throw notFound();
      return room;
    },
    create: readOnly,
    update: readOnly,
    remove: readOnly,
    async check(room, {role}, inside) {
      checkOpen(room, clock());
      await checkFree(room.settings, role, inside);
    },
    // The list has no rooms that begin or end with a session.
    began: async () => {},
    ended: async () => false,
    now: clock,
  };
}

const wrong = (key: string, sentence: string) => new RoomsError('misconfigured', `${key}: ${sentence}`, {key});

function entryOf(entry: unknown, at: string): DirectoryRoom {
  if (!isObject(entry)) throw wrong(at, 'A room must be an object: {"room_id": "lobby", "name": "Lobby"}.');
  const {room_id, engine, ...definition} = entry;
  if (!RoomId.is(room_id)) throw wrong(`${at}.room_id`, 'It must be 1 to 64 letters, digits, - or _.');
  if (engine !== undefined && !isText(engine)) throw wrong(`${at}.engine`, 'It must be the name of an engine.');
  try {
    // A list may hold rooms that are over. So their times are checked as in 1970, when none was in the past.
    const checked = checkDefinition({owner_ref: 'directory', ...definition} as RoomDefinition, 0);
    if (checked.settings.adhoc) {
      throw invalidValue('settings.adhoc', 'A list cannot have ad hoc rooms: they end.');
    }
    if (checked.sip.enabled) {
      throw invalidValue('sip', 'A list cannot have rooms with SIP: nobody gives them a pin.');
    }
    const unknown = Object.keys(definition).find(key => !KEYS.includes(key));
    if (unknown) throw new RoomsError('invalid', '', {key: unknown.slice(0, 64), desc: 'There is no such key.'});
    return {...checked, settings: checked.settings as Room['settings'], room_id, ...(engine && {engine})};
  } catch (error) {
    if (!(error instanceof RoomsError)) throw error;
    throw wrong([at, error.key].filter(Boolean).join('.'), error.desc || error.message);
  }
}

const KEYS = ['name', 'owner_ref', 'settings', 'sip', 'data'];
