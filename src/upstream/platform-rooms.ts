import {httpRooms, type HttpRoomsOptions} from '../http/client.js';
// What reads refusals. A page loads it when a call fails; a server has it from the start, so no answer waits for a file.
import '../rooms/failure.js';
import '../rooms/meaning.js';
import type {Rooms} from '../rooms/rooms.js';
import {Room} from '../rooms/room.js';
import {checkEndpoint, fetchTransport} from './transport.js';

/**
 * The rooms of a platform, for servers. Unlike `httpRooms`, it reads all fields of a room, insists on https (unless the
 * platform is on this machine), and limits replies to 1 MiB, lists to 8 MiB. It never retries: `tokenProxy` does, where
 * that is safe.
 *
 * @throws RoomsError `misconfigured` if the endpoint is http on another machine, and in a page.
 * @example
 * const rooms = platformRooms({
 *   endpoint: 'https://api.example/video/v2',
 *   headers: {authorization: basicAuth(process.env.APP_ID, process.env.APP_KEY)},
 * });
 */
export function platformRooms({headers, fetch, exchange = fetchTransport(fetch), ...options}: HttpRoomsOptions): Rooms {
  checkEndpoint(options.endpoint);
  const always = {...headers, 'x-rooms-client': 'greenroom'};
  return httpRooms({
    room: Room,
    checkBodies: false,
    ...options,
    exchange: (url, call) => exchange(url, {...call, headers: {...always, ...call.headers}}),
  });
}
