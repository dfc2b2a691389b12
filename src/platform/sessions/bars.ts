// Whom a moderator has sent away, and for how long they cannot come back.
import type {Holder} from '../../rooms/admission.js';
import {RoomsError} from '../../rooms/errors.js';
import type {Queries} from '../database/database.js';
import {personOf, type LiveRoom, type Visit} from './live-room.js';

/** How long somebody who was denied waits before they may knock again, in ms. */
const KNOCK_AGAIN = 60_000;

/** Whether somebody waits to be let in, in a room with `knock`. Moderators and the audience come in at once. */
export const mayKnock = ({role}: Holder) => role === 'participant' || role === 'viewer';

/** Throws `denied` if a moderator took this person out of the running session, or has just not let them in. */
export async function checkBarred(queries: Queries, room_id: string, holder: Holder, now: number) {
  const [bar] = await queries.all<{until: number | null}>(
    'select until from barred where room_id = ? and person = ?',
    room_id,
    personOf(holder),
  );
  if (!bar) return;
  if (bar.until === null) throw new RoomsError('denied', 'A moderator took you out of this session.');
  if (mayKnock(holder) && bar.until > now) {
    throw new RoomsError('denied', 'A moderator did not let you in. Wait a minute before you knock again.');
  }
}

/** Keeps a person out who was taken out: for the rest of the session, whatever token they have. */
export const barFromSession = (queries: Queries, room: LiveRoom, visit: Visit, by: Visit) =>
  bar(queries, room, visit, by);

/** Keeps a person out who was denied, for a while. */
export const barFromKnocking = (queries: Queries, room: LiveRoom, visit: Visit, by: Visit, now: number) =>
  bar(queries, room, visit, by, now + KNOCK_AGAIN);

async function bar(queries: Queries, room: LiveRoom, visit: Visit, by: Visit, until?: number) {
  // Moderators who send away another device of their own may come back.
  if (visit.person === null || visit.person === by.person) return;
  await queries.all(
    `insert into barred (room_id, person, until) values (?, ?, ${until === undefined ? 'null' : 'cast(? as bigint)'})
      on conflict (room_id, person) do update set until = excluded.until`,
    room.room_id,
    visit.person,
    ...(until === undefined ? [] : [until]),
  );
}
