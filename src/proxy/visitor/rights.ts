import {array, enums, literal, object, optional, size, string, union, type Infer} from 'superstruct';
import {Role, RoomId} from '../../rooms/schema.js';
import {PersonName} from './bodies.js';

const Reference = size(string(), 1, 200);

/**
 * A person and what they may do.
 *
 * - `user_ref`: your own reference for the person, such as a user id. Every token carries it, or a pseudonym of it.
 * - `name`: if given, the person can join under no other name.
 * - `roles`: the roles a token may be requested with. No role contains another.
 * - `rooms`: the ids of the rooms in reach, or `'*'` for all.
 * - `can`: `manage` creates, changes and deletes rooms, and sees all of their settings; `users` sees who is in a room.
 *   Default: none.
 * - `owner_ref`: the owner of the rooms that this person creates. Default: `user_ref`.
 */
export const Visitor = object({
  user_ref: Reference,
  name: optional(PersonName),
  roles: array(Role),
  rooms: union([literal('*'), array(RoomId)]),
  can: optional(array(enums(['manage', 'users']))),
  owner_ref: optional(Reference),
});
export type Visitor = Infer<typeof Visitor>;

/** True if a visitor reaches a room. Every other room is treated as one that does not exist. */
export const mayReach = ({rooms}: Pick<Visitor, 'rooms'>, roomId: string) =>
  RoomId.is(roomId) && (rooms === '*' || rooms.includes(roomId));

/** True if a visitor holds a right. */
export const may = ({can = []}: Pick<Visitor, 'can'>, right: 'manage' | 'users') => can.includes(right);

/** True if a visitor may join in a role. */
export const mayJoinAs = ({roles}: Pick<Visitor, 'roles'>, role: Role) => roles.includes(role);
