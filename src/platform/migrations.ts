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
];
