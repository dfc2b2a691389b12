import type {Call} from '../http/routes.js';
import {RoomsError} from '../rooms/errors.js';
import {invalidValue, notFound} from '../rooms/results.js';
import type {Rooms} from '../rooms/rooms.js';
import type {Room} from '../rooms/room.js';
import type {IssuedToken} from '../rooms/schema.js';
import {isObject, isText} from '../rooms/values.js';
import {own} from './visitor/visitor.js';

// LiveKit's clients request a token with `TokenSource.endpoint(url)`: a POST to the mount itself, answered with 201
// {server_url, participant_token}. It becomes an ordinary `token` call, so the same checks apply.

/** What a client may send to LiveKit's own server, but only a server may decide here. */
const SERVER_ONLY = ['participant_metadata', 'room_config'];

/** The provider of tokens that LiveKit's clients take. */
export const LIVEKIT = 'livekit';

/** True for a request of LiveKit's clients; `path` is the path below the mount. */
export const isTokenSource = (method: string, path: string) => method === 'POST' && (path === '' || path === '/');

/**
 * LiveKit's clients send no `x-rooms-client`. The JSON type makes browsers send a preflight instead. An origin is
 * required, because without type and origin a form on any page could send this request. With
 * `native` it may be missing: apps that are not pages send none, and browsers send one with every POST.
 */
export function checkTokenSource({headers}: Request, native: boolean) {
  if (headers.get('origin') === null && !native) {
    throw new RoomsError('denied', 'The header origin is missing.', {desc: 'Ask from a page.'});
  }
  if (headers.get('content-type') === null) {
    const desc = 'Send application/json.';
    throw new RoomsError('invalid', 'The content-type is missing.', {status: 415, key: 'content-type', desc});
  }
}

/**
 * The request as a call of `token`. `room_name` is the id of one of `rooms`, or the name of exactly one. The role is
 * the attribute `role`, by default `participant`. The attribute `consent` has the names of what the visitor agreed to,
 * with commas. The other attributes become the token's `data`. The proxy knows who the visitor is, so
 * `participant_identity` is ignored.
 */
export async function tokenCall({body, options}: Call, rooms: Rooms): Promise<Call> {
  const sent = await body();
  for (const key of SERVER_ONLY) if (own(sent, key) != null) throw invalidValue(key, 'A page cannot set it.');
  const {role = 'participant', consent, ...data} = attributesOf(sent);
  const name = own(sent, 'room_name');
  if (!isText(name)) throw invalidValue('room_name', 'Send the id of a room, or its name.');
  const room = roomNamed(await rooms.list({signal: options.signal}), name);
  // Asked before the token is made, since nobody could use it.
  const provider = rooms.enforces?.(room).provider ?? LIVEKIT;
  if (provider !== LIVEKIT) throw elsewhere();
  const request = {
    name: own(sent, 'participant_name'),
    role,
    ...(isText(consent) && {consent: consent.split(',').filter(Boolean)}),
    ...(Object.keys(data).length > 0 && {data}),
  };
  return {operation: 'token', id: room.room_id, body: async () => request, options};
}

/** A token as LiveKit's clients read it. Throws `invalid` if it is for another client. */
export function tokenSourceAnswer({server_url, token, provider}: IssuedToken) {
  if (provider !== LIVEKIT || server_url === undefined) throw elsewhere();
  return {server_url, participant_token: token};
}

const elsewhere = () => new RoomsError('invalid', 'This room is not at a LiveKit server.', {key: 'room_name'});

function attributesOf(sent: object): Record<string, unknown> {
  const attributes = own(sent, 'participant_attributes') ?? {};
  if (isObject(attributes)) return {...attributes};
  throw invalidValue('participant_attributes', 'Send an object.');
}

/** An id comes first, even if another room has it as its name. A name that two rooms have finds none. */
function roomNamed(rooms: Room[], name: string): Room {
  const byId = rooms.filter(room => room.room_id === name);
  const found = byId.length > 0 ? byId : rooms.filter(room => room.name.normalize('NFC') === name.normalize('NFC'));
  if (found.length !== 1) throw notFound();
  return found[0]!;
}
