import type {Holder} from '../rooms/admission.js';
import type {Room} from '../rooms/room.js';
import type {User} from '../rooms/schema.js';
import type {Rooms} from '../rooms/rooms.js';

/**
 * The rooms of an application, with their names, schedule, seats and owners. Who is inside is known by a video engine.
 * A directory makes no tokens; it says who may have one.
 */
export interface Directory extends Pick<Rooms, 'list' | 'get' | 'create' | 'update' | 'remove' | 'now'> {
  /** Whether it can be changed. */
  readonly writable: boolean;
  /** All rooms, if they never change: what is wrong with them is found at start. */
  readonly fixed?: readonly Room[] | undefined;
  /**
   * Throws if this person may not have a token for the room now: it is closed, full, or has no seats for the role.
   * `inside` are the people who are connected; a running session keeps the settings it began with.
   */
  check(room: Room, holder: Holder, inside: readonly Pick<User, 'role'>[]): Promise<void>;
  /** A session began in this room. It may be told more than once. */
  began(roomId: string): Promise<void>;
  /** The last person has left. A room that lives for one session is then gone. It may be told more than once. */
  ended(roomId: string): Promise<void>;
  /** The id that the vendor gave the room; with `value`, keeps it, unless there is one already, and returns the kept one. */
  vendorId?(roomId: string, value?: string): Promise<string | undefined>;
  /** The name of the engine that the room is at. @default the first engine */
  engineOf?(roomId: string): string | undefined;
}
