import type {RoomChanges, RoomDefinition} from './definition.js';
import type {Enforces} from './enforces.js';
import type {Room} from './room.js';
import type {IssuedToken, KnownVisitor, TokenRequest, User} from './schema.js';

export * from './admission.js';
export * from './codes.js';
export type {Connected, Connections, IceServer, Provider} from './connection.js';
export * from './definition.js';
export * from './enforces.js';
export * from './errors.js';
export * from './results.js';
export * from './room.js';
export * from './rules.js';
export * from './schema.js';
export * from './settings.js';
export * from './times.js';
export type {JoiningParticipant, TokenDetail} from './token-detail.js';

export interface CallOptions {
  /** Ends the call; it then fails with the code `aborted`. */
  signal?: AbortSignal | undefined;
}

export interface ListOptions extends CallOptions {
  /**
   * Also tells of each live room how many people are in it, who, and whether it is full: `inside`, `faces`, `capacity` and
   * `full`. Rooms have none of these if the caller may not know, or if the rooms do not tell.
   * @default false
   */
  people?: boolean | undefined;
}

export interface WriteOptions extends CallOptions {
  /** A call that is repeated with the same key writes only once. At most 64 characters. */
  idempotencyKey?: string | undefined;
  /** Whether an earlier call with this key may have written already, and nobody knows. @default false */
  again?: boolean | undefined;
}

/**
 * The seven operations on video rooms. Everything in Greenroom implements them or stands in front of them: HTTP on both
 * sides, the token proxy's view for one visitor, the local platform. Every failure is a `RoomsError`.
 */
export interface Rooms {
  /** All rooms the caller may see, oldest first. */
  list(options?: ListOptions): Promise<Room[]>;
  /** One room; `not_found` if it does not exist or the caller may not see it. */
  get(roomId: string, options?: CallOptions): Promise<Room>;
  /** Makes a room. Fails with `invalid` and the `key` at fault; then nothing is stored. */
  create(definition: RoomDefinition, options?: WriteOptions): Promise<Room>;
  /** Changes the given keys and no others. A running session keeps the settings it began with. */
  update(roomId: string, changes: RoomChanges, options?: CallOptions): Promise<void>;
  /** Deletes a room; `room_active` while somebody is connected. */
  remove(roomId: string, options?: CallOptions): Promise<void>;
  /** The people who are connected now. */
  users(roomId: string, options?: CallOptions): Promise<User[]>;
  /**
   * Issues a token. It reserves no seat. A platform's token admits one connection, once, within 15 minutes; `once` and
   * `expires_at` in the answer say what the token of a video engine does.
   */
  token(roomId: string, request: TokenRequest, options?: WriteOptions): Promise<IssuedToken>;
  /**
   * The clock that opens and closes rooms, epoch ms.
   * @default Date.now
   */
  now?(): number;
  /**
   * Who is asking, as the last `list` or `get` told it. Undefined before the first answer, and if the rooms do not know.
   * @default unknown
   */
  visitor?(): KnownVisitor | undefined;
  /**
   * What is really enforced in this room, or without a room, in all of them.
   * @default everything
   */
  enforces?(room?: Room): Enforces;
}
