import {json, type Answer, type Asked} from '../http/routes.js';
import {notFound, RoomsError} from '../rooms/errors.js';
import type {Rooms} from '../rooms/rooms.js';
import type {IssuedToken, Room} from '../rooms/schema.js';

// LiveKit's clients ask for a token with `TokenSource.endpoint(url)`: a POST to the address itself that answers 201
// {server_url, participant_token}. It becomes a request for a token like any other, so that one road leads upstream.

/** What a client could ask LiveKit for, and only a server may decide here. */
const NOT_THEIRS = ['participant_metadata', 'room_config'];

/** Whether a request asks as LiveKit's clients do; `path` is the one below the mount. */
export const isTokenSource = (method: string, path: string) => method === 'POST' && (path === '' || path === '/');

/**
 * No stock client sends a header of ours. The JSON type asks for a preflight instead, and an origin has to be named,
 * since without either a form on any page could ask.
 */
export function checkTokenSource({headers}: Request) {
  if (headers.get('origin') === null) {
    throw new RoomsError('denied', 'The header origin is missing.', {desc: 'Ask from a page.'});
  }
  if (headers.get('content-type') === null) {
    const desc = 'Send application/json.';
    throw new RoomsError('invalid', 'The content-type is missing.', {status: 415, key: 'content-type', desc});
  }
}

/**
 * What was asked as a request for a token of one room among `rooms`: `room_name` is a room's id, or the name of exactly
 * one. The role is `participant`, or the one in the attribute `role`; the other attributes become the token's `data`.
 * Who somebody is stays what the proxy knows, whatever `participant_identity` says.
 */
export async function tokenWish({body, options}: Asked, rooms: Rooms): Promise<Asked & {id: string}> {
  const asked = await body();
  for (const key of NOT_THEIRS) if (own(asked, key) !== undefined) throw invalid(key, 'A page cannot set it.');
  const {role = 'participant', ...data} = attributesOf(asked);
  const name = own(asked, 'room_name');
  if (typeof name !== 'string') throw invalid('room_name', 'Send the id of a room, or its name.');
  const room = named(await rooms.list({signal: options.signal}), name);
  const wish = {name: own(asked, 'participant_name'), role, ...(Object.keys(data).length > 0 && {data})};
  return {id: room.room_id, body: async () => wish, options};
}

/** A token as LiveKit's clients read it. */
export function tokenSourceAnswer({text}: Answer): Answer {
  const {server_url, token} = JSON.parse(text) as IssuedToken;
  return json({server_url, participant_token: token}, 201);
}

const own = (from: object, key: string): unknown =>
  Object.hasOwn(from, key) ? ((from as Record<string, unknown>)[key] ?? undefined) : undefined;

const invalid = (key: string, desc: string) => new RoomsError('invalid', `Invalid value: ${key}`, {key, desc});

function attributesOf(asked: object): Record<string, unknown> {
  const attributes = own(asked, 'participant_attributes') ?? {};
  if (typeof attributes === 'object' && !Array.isArray(attributes)) return {...attributes};
  throw invalid('participant_attributes', 'Send an object.');
}

/** An id says which room is meant, even where another room has it as its name; a name that two have says nothing. */
function named(rooms: Room[], name: string): Room {
  const meant = rooms.filter(room => room.room_id === name);
  const found = meant.length > 0 ? meant : rooms.filter(room => room.name === name);
  if (found.length !== 1) throw notFound();
  return found[0]!;
}
