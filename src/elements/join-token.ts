import type {Connected} from '../rooms/connection.js';
import type {Room} from '../rooms/room.js';
import type {Rooms} from '../rooms/rooms.js';
import type {IssuedToken} from '../rooms/schema.js';
import {clockOf} from '../rooms/times.js';
import type {JoiningParticipant, TokenDetail} from '../rooms/token-detail.js';

/**
 * The detail of `room-token` for an issued token.
 *
 * @param room - The room as it was loaded; the answer may know more of it.
 * @param asked - With what the page asked; the answer may say otherwise.
 * @param taken - Called at each reading of the token.
 */
export function tokenDetail(
  issued: IssuedToken,
  {room, rooms, expiresAt, asked}: {room: Room; rooms: Rooms; expiresAt: Date; asked: JoiningParticipant},
  taken: () => void,
): TokenDetail {
  const {token, once = true, provider = 'rooms', server_url: serverUrl, connection} = issued;
  const {name = asked.name, role = asked.role, user_ref: userRef = asked.userRef} = issued.participant ?? {};
  return {
    get token() {
      taken();
      return token;
    },
    expiresAt,
    get expired() {
      return clockOf(rooms) >= +expiresAt;
    },
    once,
    room: issued.room ?? room,
    participant: {name, role, userRef},
    serverUrl,
    ...({provider, connection} as Connected),
  };
}
