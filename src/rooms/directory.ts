import type {Holder, Inside} from './admission.js';
import type {Room} from './room.js';
import type {Rooms} from './rooms.js';

/** A room in a directory, and the name of the engine that it is at; without one it is at the first engine. */
export interface DirectoryRoom extends Room {
  engine?: string | undefined;
}

/**
 * The rooms of an application, with their names, schedule, seats and owners. Who is inside is known by a video engine.
 * A directory makes no tokens; it says who may have one.
 */
export interface Directory extends Pick<Rooms, 'list' | 'get' | 'create' | 'update' | 'remove' | 'now'> {
  /** Whether it can be changed. */
  readonly writable: boolean;
  /** All rooms, if they never change: what is wrong with them is found at start. */
  readonly fixed?: readonly DirectoryRoom[] | undefined;
  /** A room is active if the directory was told that a session began, and not yet that it ended. */
  list: (...args: Parameters<Rooms['list']>) => Promise<DirectoryRoom[]>;
  get: (...args: Parameters<Rooms['get']>) => Promise<DirectoryRoom>;
  /**
   * Throws if this person may not have a token for the room now: it is closed, full, or has no seats for the role.
   * A running session keeps the settings it began with.
   */
  check(room: Room, holder: Holder, inside: Inside): Promise<void>;
  /** A session began in this room. It may be told more than once. */
  began(roomId: string): Promise<void>;
  /**
   * Nobody was in the room `age` ms ago, so its session has ended, unless it began later. A room that lives for one
   * session is then over. Returns whether a session has ended. It may be told more than once.
   */
  ended(roomId: string, age: number): Promise<boolean>;
  /** The rooms whose life is over, and that nobody sees any more: what they have at the vendor can go. @default none */
  over?(): Promise<DirectoryRoom[]>;
  /** The id that the vendor gave the room; with `value`, keeps it, unless there is one already, and returns the kept one. */
  vendorId?(roomId: string, value?: string): Promise<string | undefined>;
  /** Runs `work` for a room while nobody else does, in this process or another. @default in this process alone */
  alone?<T>(roomId: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T>;
}
