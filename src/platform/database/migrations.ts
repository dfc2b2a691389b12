import {RoomsError} from '../../rooms/errors.js';
import type {Queries} from './queries.js';

/**
 * How many steps of a newer Greenroom this one works with. A release adds one step at most, and a step only adds, so that
 * during a deploy a process of the release before still starts.
 */
const AHEAD = 1;

/**
 * Brings the tables of a database up to date. With `isNew: false` the table of migrations is there already: a user who may
 * not create tables is then enough, if nothing else is to be made. Throws `misconfigured` if a Greenroom wrote the tables
 * that is newer than the next release.
 */
export async function migrate(queries: Queries, {isNew = true} = {}) {
  if (isNew) {
    await queries.all('create table if not exists migrations (version integer primary key, applied bigint not null)');
  }
  const version = await versionOf(queries);
  for (const [index, statements] of MIGRATIONS.entries()) {
    if (index < version) continue;
    for (const statement of statements) await queries.all(statement);
    await queries.all('insert into migrations (version, applied) values (?, ?)', index + 1, Date.now());
  }
}

/** Whether the tables are there, and made by this release or a newer one. */
export type Tables = 'none' | 'older' | 'ready';

/** The same, of a database with a table of migrations. Throws `misconfigured` as `migrate` does. */
export async function tablesOf(queries: Pick<Queries, 'all'>): Promise<Exclude<Tables, 'none'>> {
  return (await versionOf(queries)) < MIGRATIONS.length ? 'older' : 'ready';
}

async function versionOf(queries: Pick<Queries, 'all'>): Promise<number> {
  const applied = await queries.all<{version: number}>('select version from migrations order by version desc');
  const version = applied[0]?.version ?? 0;
  if (version <= MIGRATIONS.length + AHEAD) return version;
  throw new RoomsError('misconfigured', `The database was written by a newer Greenroom (version ${version}).`, {
    desc: 'Install that release, or take another database.',
  });
}

/**
 * The steps that make the tables, in order. A released step never changes. Times are epoch ms. The SQL is what SQLite and
 * Postgres have in common.
 */
const MIGRATIONS: readonly (readonly string[])[] = [
  [
    // `secret` signs the application's tokens. Only a hash of its key is kept.
    `create table applications (
      id text primary key,
      key_hash text not null,
      secret text not null,
      created bigint not null
    )`,
    // `entries` counts all connections so far. `position` orders the application's list.
    `create table rooms (
      room_id text primary key,
      application text not null references applications (id) on delete cascade,
      position bigint not null,
      definition text not null,
      created bigint not null,
      updated bigint,
      meeting_id bigint not null unique,
      pin integer not null,
      entries bigint not null default 0
    )`,
    `create index rooms_of_application on rooms (application, position)`,
    `create table tokens (
      jti text primary key,
      room_id text not null references rooms (room_id) on delete cascade,
      holder text not null,
      expires bigint not null,
      used bigint
    )`,
    `create index tokens_of_room on tokens (room_id)`,
    `create index tokens_by_expiry on tokens (expires)`,
    // No cascade: no statement can delete a room while somebody is inside.
    `create table connections (
      id text primary key,
      room_id text not null references rooms (room_id),
      entry bigint not null,
      seat text not null,
      peer text not null,
      unique (room_id, entry)
    )`,
  ],
  [
    // Earlier releases had no way to resume, so nobody loses anything.
    `drop table connections`,
    // `until`: from then on an ad hoc room is deleted when nobody is in; null before its first session. From this step on
    // `entries` counts every lock of the room: updating it is what locks the row.
    `alter table rooms add column until bigint`,
    `create index rooms_by_until on rooms (until)`,
    // A running session keeps the definition it began with. `opened` is 1 once a moderator has joined, else 0.
    `create table sessions (
      room_id text primary key references rooms (room_id) on delete cascade,
      definition text not null,
      began bigint not null,
      opened integer not null
    )`,
    // `beats` counts heartbeats: other processes see by it that this one lives. `seen` is the process's own time of its
    // last heartbeat.
    `create table processes (
      id text primary key,
      beats bigint not null,
      seen bigint not null
    )`,
    // `state` is `in` or `waiting`. `seat` names the setting that limits such seats; null when the seat was freed. Somebody
    // away has neither `process` nor `socket`, and keeps the seat until `seat_until`. `secret` is a hash. No cascade: no
    // statement can delete a room while somebody is inside.
    `create table connections (
      id text primary key,
      room_id text not null references rooms (room_id),
      entry bigint not null,
      state text not null,
      seat text,
      seat_until bigint,
      holder text not null,
      floor integer not null default 0,
      process text,
      socket text,
      secret text not null unique,
      unique (room_id, entry)
    )`,
    `create index connections_by_process on connections (process)`,
    `create index connections_by_seat_until on connections (seat_until)`,
  ],
  [
    // Only additions: a process of the release before goes on working. What it begins leaves no records.
    `alter table connections add column ip text`,
    `alter table connections add column agent text`,
    // `conf_num` identifies the session in the records.
    `alter table sessions add column conf_num text`,
    // No references to rooms: records outlive them. `details` is JSON, and null once it was erased.
    `create table calls (
      conf_num text primary key,
      application text not null,
      room_id text not null,
      began bigint not null,
      ended bigint,
      details text
    )`,
    `create index calls_of_room on calls (application, room_id)`,
    `create index calls_by_end on calls (ended)`,
    // One row for each connection of a person. `ref` is JSON. Who it was is null once it was erased.
    `create table records (
      cdr_id text primary key,
      conf_num text not null,
      visit text not null,
      connected bigint not null,
      disconnected bigint,
      role text not null,
      name text,
      ref text,
      ip text,
      agent text
    )`,
    `create index records_of_call on records (conf_num)`,
    `create index records_of_visit on records (visit)`,
    `create index records_by_end on records (disconnected)`,
  ],
  [
    // `person` is the `user_ref` as JSON. `seat` may now be `knockers`, too.
    `alter table connections add column person text`,
    // Who may not come in: until a time after a moderator denied them, or without a time for the rest of the session.
    `create table barred (
      room_id text not null references rooms (room_id) on delete cascade,
      person text not null,
      until bigint,
      primary key (room_id, person)
    )`,
  ],
  [
    // `webhook` is an address, or null. `deliveries` are messages to it that were not taken yet; `due` is the time of the
    // next try.
    `alter table applications add column webhook text`,
    `create table deliveries (
      id text primary key,
      application text not null references applications (id) on delete cascade,
      body text not null,
      attempts integer not null,
      due bigint not null
    )`,
    `create index deliveries_by_due on deliveries (due)`,
  ],
  [
    // Who comes into a large room, or leaves it, must not wait until all its rows were read.
    `create index connections_by_seat on connections (room_id, seat)`,
    `create index connections_by_person on connections (room_id, person)`,
    `create index connections_by_socket on connections (socket)`,
    `create index connections_overdue on connections (room_id, seat_until)`,
  ],
  [
    // For rooms whose sessions are at a video engine: its name, the id that the vendor gave the room, and until when one
    // process makes the vendor's room.
    `alter table rooms add column engine text`,
    `alter table rooms add column vendor_id text`,
    `alter table rooms add column opening bigint`,
    // The sessions that are known to run there, each with the definition it began with.
    `create table engine_sessions (
      room_id text primary key references rooms (room_id) on delete cascade,
      definition text not null,
      began bigint not null
    )`,
  ],
];

/** The tables that the platform reads and writes. */
export const TABLES = [...new Set(MIGRATIONS.flat().flatMap(sql => /^create table (\w+)/.exec(sql)?.[1] ?? []))];
