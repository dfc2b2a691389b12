/**
 * How the tables came to be, one numbered step after the other; a step that was ever released is never changed. Times
 * are epoch ms. Only words that SQLite and Postgres both know.
 */
export const MIGRATIONS: readonly (readonly string[])[] = [
  [
    // `secret` signs the application's tokens; of its key only a hash is kept.
    `create table applications (
      id text primary key,
      key_hash text not null,
      secret text not null,
      created bigint not null
    )`,
    // `entries` counts the connections there ever were; `position` is the place in the application's list.
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
    // No cascade: a room with somebody inside cannot be deleted, whatever a statement says.
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
    // Who was connected to an earlier release could not have come back.
    `drop table connections`,
    // `until`: an ad hoc room that has had its first session is gone from then on, when nobody is in. `entries` counts
    // from here on every change of who is there, since that is how the row is locked.
    `alter table rooms add column until bigint`,
    `create index rooms_by_until on rooms (until)`,
    // A running session keeps the definition that it began with; `opened` (0, 1) when a moderator has come.
    `create table sessions (
      room_id text primary key references rooms (room_id) on delete cascade,
      definition text not null,
      began bigint not null,
      opened integer not null
    )`,
    // `beats` shows the others that a process lives; `seen` is its own time of the last beat.
    `create table processes (
      id text primary key,
      beats bigint not null,
      seen bigint not null
    )`,
    // `state` is in or waiting, and `seat` the setting that limits it; null when another may have it. Who is away has no
    // `process` and no `socket`, and keeps the seat until `seat_until`. `secret` is a hash. No cascade: a room with
    // somebody inside cannot be deleted, whatever a statement says.
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
];
