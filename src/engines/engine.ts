import type {Enforces} from '../rooms/enforces.js';
import type {CallOptions} from '../rooms/rooms.js';
import type {Holder} from '../rooms/admission.js';
import type {DirectoryRoom} from '../rooms/directory.js';
import type {IssuedToken, User} from '../rooms/schema.js';

/** A room, and the id that the vendor gave it, if the engine needs one. */
export interface EngineRoom extends DirectoryRoom {
  vendor_id?: string | undefined;
}

/** What an engine answers for a token; `engineRooms` adds the provider and `once`. */
export type EngineToken = Pick<IssuedToken, 'token' | 'expires_at' | 'server_url' | 'connection'>;

/**
 * What only a video engine knows. Names, schedule, seats and rights of rooms are in a `Directory`; `engineRooms` puts the
 * two together. An engine never logs. Its errors are `RoomsError`s whose sentences hold no secret and no text of the vendor.
 */
export interface Engine {
  /** The kind of client that takes its tokens, such as `livekit`. */
  readonly provider: string;
  readonly enforces: Enforces;
  /** How old the vendor's numbers of people may be anyway, in ms: they are kept as long. @default 1_000 */
  readonly lag?: number | undefined;
  /** Whether `open` answers an id that must be kept with the room. @default false */
  readonly keepsId?: boolean | undefined;
  /**
   * Makes the vendor's room if it must exist before a token, and answers its id if `keepsId`. It may be called again for
   * a room that is there; then it changes nothing.
   */
  open?(room: EngineRoom, options?: CallOptions): Promise<string | undefined>;
  /**
   * How many people are in each of these rooms, in one call where the vendor has one; `Infinity` if the vendor says only
   * that a room is in use. Empty rooms may be left out.
   */
  active(rooms: readonly EngineRoom[], options?: CallOptions): Promise<Map<string, number>>;
  /** The people inside; none if the vendor does not know the room. */
  users(room: EngineRoom, options?: CallOptions): Promise<User[]>;
  /** Makes a token. Nobody can come in with it after `expires_at`. */
  token(room: EngineRoom, holder: Holder, options?: CallOptions): Promise<EngineToken>;
  /** Ends the session, and takes away what `open` made. A room that the vendor does not know is closed already. */
  close(room: EngineRoom, options?: CallOptions): Promise<void>;
  /** How far the vendor's clock is ahead of ours, in ms, by its last answer. @default unknown */
  ahead?: (() => number | undefined) | undefined;
  /** Asks whether the vendor is there, if nothing else asks it. Only the doctor calls it. */
  check?(options?: CallOptions): Promise<void>;
  /** Begins to listen to the vendor's events. `report` is called with what goes wrong later. */
  start?(report: (error: unknown) => void): Promise<void>;
  /** Ends what `start` began. */
  stop?(): Promise<void>;
}

/** `enforces` of an engine that enforces nothing. Others begin with it: `{...NOTHING, viewer: true}`. */
export const NOTHING: Enforces = {
  once: false,
  viewer: false,
  audience: false,
  moderator: false,
  lecture: false,
  knock: false,
  wait_for_moderator: false,
  capacity: false,
  window: false,
  shortest: 1,
};

/** Options that all engines have. */
export interface EngineOptions {
  /** How long a token can be used, in seconds. */
  lifetime?: number | undefined;
  /** Returns the time in epoch ms. @default Date.now */
  clock?: (() => number) | undefined;
}
