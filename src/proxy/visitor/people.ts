import {seated} from '../../rooms/admission.js';
import {CallEnded, withDeadline} from '../../rooms/deadline.js';
import {RoomsError, type RoomsErrorCode} from '../../rooms/errors.js';
import {initialsOf} from '../../rooms/initials.js';
import type {CallOptions, Room, Rooms, User} from '../../rooms/rooms.js';
import {neverThrowing, singleFlightCache, type Log} from '../../upstream/upstream.js';

/** The most rooms of one list that are asked about. */
const MOST = 50;
/** The most of them that are asked about at once. */
const AT_ONCE = 4;
/** How long a list waits for all of them, in ms. */
const DEADLINE = 2_000;
/** How long an answer is used, in ms. */
const KEPT = 10_000;
/** The most people whose initials are shown. */
const FACES = 3;

/** The people in a room, as somebody sees them who looks at a list. */
interface Crowd {
  inside: number;
  faces: string[];
  /** How many of them have the seat of a participant. */
  participants: number;
}

export interface PeopleOptions extends CallOptions {
  /** How long the caller can wait, in ms, if that is less than 2 s. */
  timeout: number;
  /** What is shown of a user. */
  shown: (user: User) => User;
  /** @default console.error */
  log?: Log | undefined;
}

/** What a list tells of the people in its live rooms, by the id of the room. */
export type People = (
  rooms: readonly Room[],
  options: PeopleOptions,
) => Promise<ReadonlyMap<string, Pick<Room, 'inside' | 'full' | 'faces' | 'capacity'>>>;

/**
 * Makes a function that asks who is in the live rooms of a list: in at most 50 of them, 4 at once, for at most 2 s. All
 * who ask share the answers, and each is used for 10 s. A room that fails or is late is left out, and the log says so.
 * It rejects only if the caller leaves.
 *
 * @example
 * const people = peopleInside(rooms);
 * const list = await guarded(rooms, visitor, {people}).list({people: true});
 */
export function peopleInside(rooms: Pick<Rooms, 'users'>, clock = () => performance.now()): People {
  const kept = singleFlightCache(KEPT, clock);

  return async (list, {signal, timeout, shown, log}) => {
    const live = list.filter(({isRoomActive}) => isRoomActive).slice(0, MOST);
    const found = new Map<string, ReturnType<typeof glance>>();
    const leaving = new AbortController();
    const faults = new Set<RoomsErrorCode>();

    /** Undefined for a room that does not say. That is kept, too, so that nobody asks it again at once. */
    const ask = async (id: string, signal: AbortSignal): Promise<Crowd | undefined> => {
      try {
        return crowd((await rooms.users(id, {signal})).map(shown));
      } catch (error) {
        if (!signal.aborted) faults.add(error instanceof RoomsError ? error.code : 'internal');
        return undefined;
      }
    };
    const left = live.values();
    const work = async () => {
      for (const room of left) {
        const {room_id: id} = room;
        const people = await kept.read(id, leaving.signal, signal => ask(id, signal));
        if (leaving.signal.aborted) return;
        if (people) found.set(id, glance(room, people));
      }
    };

    try {
      await withDeadline({timeout: Math.min(DEADLINE, timeout), signal}, () =>
        Promise.all(Array.from({length: AT_ONCE}, work)),
      );
    } catch (error) {
      if (!(error instanceof CallEnded) || error.code !== 'timeout') throw error;
      faults.add('timeout');
    } finally {
      // With a reason that is not ours, so that a slow answer here does not count as a fault of the platform.
      leaving.abort();
    }
    const [code] = faults;
    if (code) {
      const message = `A list does not say who is in some of its rooms: ${code}.`;
      neverThrowing(log)({level: 'warn', code, operation: 'users', message});
    }
    return found;
  };
}

function crowd(people: readonly User[]): Crowd {
  const faces: string[] = [];
  for (const {name} of people) {
    if (faces.length === FACES) break;
    const face = initialsOf(name);
    if (face) faces.push(face);
  }
  return {inside: people.length, faces, participants: seated(people, 'participants')};
}

function glance({settings}: Room, {inside, faces, participants}: Crowd) {
  const capacity = Number(settings.participants);
  const isKnown = Number.isInteger(capacity) && capacity >= 0;
  return {inside, faces, ...(isKnown && {capacity, full: participants >= capacity})};
}
