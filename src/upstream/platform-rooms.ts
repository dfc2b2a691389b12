import {httpRooms, type HttpRoomsOptions} from '../http/client.js';
import type {Rooms} from '../rooms/rooms.js';
import {Room} from '../rooms/schema.js';
import {sparing} from './deadline.js';
import {checkEndpoint, overFetch} from './transport.js';

/**
 * `Rooms` over HTTP, read whole: a page needs less of a room, but here it is decided who sees what. A reply may have
 * 1 MiB, a list 8 MiB. Throws `misconfigured` for an endpoint that is neither https nor on this machine. What failed is
 * not tried again: `tokenProxy` does that, where it is safe.
 */
export function platformRooms({headers, fetch, exchange = overFetch(fetch), ...options}: HttpRoomsOptions): Rooms {
  checkEndpoint(options.endpoint);
  const always = Object.freeze({...headers, 'x-rooms-client': 'greenroom'});
  const rooms = httpRooms({
    room: Room,
    ...options,
    exchange: (url, call, options) => {
      // Not a copy: that would ask for the signal. And the same object each time, for who prepares headers once.
      call.headers = call.headers['idempotency-key'] ? {...always, ...call.headers} : always;
      return exchange(url, call, options);
    },
  });
  sparing.add(rooms);
  return rooms;
}
