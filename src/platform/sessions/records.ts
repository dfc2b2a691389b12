// What a session leaves behind: who was connected from when to when.
import {randomUUID} from 'node:crypto';
import type {CheckedDefinition} from '../../rooms/rules.js';
import {isoTime, storedJson, type Queries} from '../database/database.js';

/** Most records in one answer; the newest are kept. */
const MOST = 10_000;

/** Most messages that wait for an application's webhook. */
const MOST_MESSAGES = 1000;

interface RecordRow {
  cdr_id: string;
  conf_num: string;
  connected: number;
  disconnected: number;
  role: string;
  /** These four are null once they were erased; `ref` and `details` are JSON. */
  name: string | null;
  ref: string | null;
  ip: string | null;
  agent: string | null;
  details: string | null;
}

/** Notes that a session began, and returns its id. */
export async function openCall(queries: Queries, room_id: string, definition: CheckedDefinition, now: number) {
  const conf_num = randomUUID();
  const {name, owner_ref, settings, data} = definition;
  await queries.all(
    `insert into calls (conf_num, application, room_id, began, details)
      select ?, application, room_id, cast(? as bigint), ? from rooms where room_id = ?`,
    conf_num,
    now,
    JSON.stringify({name, owner_ref, settings, data}),
    room_id,
  );
  return conf_num;
}

/** Notes that a session has ended, and leaves a message for the webhook of its application, if it has one. */
export async function closeCall(queries: Queries, conf_num: string, now: number) {
  await queries.all('update records set disconnected = ? where conf_num = ? and disconnected is null', now, conf_num);
  const [call] = await queries.all<{application: string; room_id: string}>(
    'update calls set ended = ? where conf_num = ? returning application, room_id',
    now,
    conf_num,
  );
  if (!call) return;
  const {application, room_id} = call;
  const body = {type: 'roomdrop', trans_date: isoTime(now), app_id: application, room_id, conf_num};
  const queued = await queries.all(
    `insert into deliveries (id, application, body, attempts, due)
      select ?, id, ?, 0, cast(? as bigint) from applications where id = ? and webhook is not null returning id`,
    randomUUID(),
    JSON.stringify(body),
    Date.now(),
    application,
  );
  if (!queued.length) return;
  // The oldest messages of a webhook that takes none are given up.
  await queries.all(
    `delete from deliveries where application = ? and id not in
      (select id from deliveries where application = ? order by due desc, id limit ${MOST_MESSAGES})`,
    application,
    application,
  );
}

/** Notes that somebody's connection was let in. */
export async function openRecord(
  queries: Queries,
  {conf_num, visit, holder}: {conf_num: string; visit: string; holder: {name: string; role: string; user_ref: unknown}},
  now: number,
) {
  await queries.all(
    `insert into records (cdr_id, conf_num, visit, connected, role, name, ref, ip, agent)
      select ?, ?, id, cast(? as bigint), ?, ?, ?, ip, agent from connections where id = ?`,
    randomUUID(),
    conf_num,
    now,
    holder.role,
    holder.name,
    JSON.stringify(holder.user_ref),
    visit,
  );
}

/** Notes that somebody's connection is over. */
export async function closeRecord(queries: Queries, visit: string, now: number) {
  await queries.all('update records set disconnected = ? where visit = ? and disconnected is null', now, visit);
}

/** Erases names, references, data, addresses and agents of sessions and connections that ended before `time`, epoch ms. */
export async function eraseRecords(queries: Queries, time: number) {
  await queries.all(
    'update records set name = null, ref = null, ip = null, agent = null where disconnected < ? and ref is not null',
    time,
  );
  await queries.all('update calls set details = null where ended < ? and details is not null', time);
}

/**
 * The records of a room's connections that are over, oldest first, also of a room that was deleted. What cannot be read of
 * one is logged, and is as if it had been erased.
 */
export async function recordsOf(
  queries: Queries,
  {application, room_id, log}: {application: string; room_id: string; log: (error: unknown) => void},
) {
  const rows = await queries.all<RecordRow>(
    `select cdr_id, calls.conf_num, connected, disconnected, role, name, ref, ip, agent, details
      from calls join records on records.conf_num = calls.conf_num
      where application = ? and room_id = ? and disconnected is not null
      order by connected desc, cdr_id limit ${MOST}`,
    application,
    room_id,
  );
  return rows.reverse().map(({cdr_id, conf_num, connected, disconnected, role, name, ref, ip, agent, details}) => ({
    trans_date: isoTime(disconnected),
    conf_num,
    room: {
      room_id,
      connect_dt: isoTime(connected),
      disconnect_dt: isoTime(disconnected),
      duration: Math.max(Math.round((disconnected - connected) / 1000), 0),
      room_details: storedJson<object>(details, {}, log),
    },
    user: {
      name: name ?? '',
      role,
      ref: storedJson<unknown>(ref, '', log),
      ip: ip ?? '',
      agent: agent ?? '',
    },
    app_id: application,
    cdr_id,
  }));
}
