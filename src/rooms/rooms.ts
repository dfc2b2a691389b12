import type {IssuedToken, Room, RoomChanges, RoomDefinition, TokenRequest, User} from './schema.js';

export * from './errors.js';
export * from './rules.js';
export * from './schema.js';

export interface CallOptions {
  /** Ends the call; it then fails with the code `aborted`. */
  signal?: AbortSignal;
}

export interface WriteOptions extends CallOptions {
  /** The same key with the same call is the same write: a retry makes nothing twice. At most 64 characters. */
  idempotencyKey?: string;
}

/**
 * The seven operations on video rooms. Everything in Greenroom implements this or stands in front of it: HTTP on both
 * sides, the token proxy's view for one visitor, the local platform. Every failure is a `RoomsError`.
 */
export interface Rooms {
  /** All rooms the caller may see, oldest first. */
  list(options?: CallOptions): Promise<Room[]>;
  /** One room; `not_found` when there is none or the caller may not see it. */
  get(roomId: string, options?: CallOptions): Promise<Room>;
  /** Makes a room; `invalid` with the `key` at fault, and then nothing is stored. */
  create(definition: RoomDefinition, options?: WriteOptions): Promise<Room>;
  /** Changes the keys given and no others; a running session keeps what it began with. */
  update(roomId: string, changes: RoomChanges, options?: CallOptions): Promise<void>;
  /** Deletes a room; `room_active` while somebody is connected. */
  remove(roomId: string, options?: CallOptions): Promise<void>;
  /** Who is connected now; empty when nobody is. */
  users(roomId: string, options?: CallOptions): Promise<User[]>;
  /** A token that admits one connection, once, within 15 minutes. Reserves no seat. */
  token(roomId: string, request: TokenRequest, options?: WriteOptions): Promise<IssuedToken>;
  /** The clock that opens and closes rooms, in epoch ms, where it is not the caller's own. */
  now?(): number;
}
