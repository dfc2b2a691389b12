import {fixture, html} from '@open-wc/testing';
import type {Rooms} from '../../../src/index.js';
import type {RoomUsers} from '../../../src/elements/room-users.js';
import type {Role, User} from '../../../src/rooms/schema.js';
import {inside, openStage, permanent, textOf, until} from './stage.js';

/** A visitor who may see who is in a room. */
const SEEING = {user_ref: 'eve', roles: ['participant' as const], rooms: '*' as const, can: ['users' as const]};

/** A stage with a large room with connected people, and a visitor who may see them. */
export async function openPeopled(people: [name: string, role: Role][], more: {rooms?: string[]} = {}) {
  const big = permanent('Hall', {settings: {participants: 40, moderators: 2}});
  const stage = await openStage([big, ...(more.rooms ?? [])], {visitor: SEEING});
  const hall = stage.roomIds[0]!;
  const enter = (name: string, role: Role = 'participant') =>
    stage.run('occupy', hall, {name, role, user_ref: `ref of ${name}`});
  for (const [name, role] of people) await enter(name, role);
  /** Lets a person leave, and resolves once the platform has noticed. */
  const leave = async (name: string) => {
    await stage.run('leave', name);
    let users: User[];
    do users = (await stage.run('users', hall)) as User[];
    while (users.some(user => user.name === name));
  };
  return {...stage, hall, enter, leave};
}

/** Shows who is in a room of a token proxy, or of any `Rooms`. */
export async function showUsers(from: string | Pick<Rooms, 'users'>, roomId: string) {
  const [endpoint, rooms] = typeof from === 'string' ? [from] : ['', from as Rooms];
  const users = await fixture<RoomUsers>(
    html`<room-users endpoint=${endpoint} .rooms=${rooms} room-id=${roomId}></room-users>`,
  );
  await settled(users);
  return users;
}

export const settled = (users: RoomUsers) =>
  until(() => users.shadowRoot?.hasChildNodes() && !inside(users, '[aria-busy]'), 'it has loaded');

export const rowsOf = (users: RoomUsers) => [...users.shadowRoot!.querySelectorAll<HTMLElement>('[part=user]')];
/** The visible text of each person. */
export const peopleOf = (users: RoomUsers) =>
  rowsOf(users).map(row => [...row.children].map(({textContent}) => textContent!.trim()).join(', '));
export const said = (users: RoomUsers) => textOf(users, '[role=status]');

export const person = (name: string, more: Partial<User> = {}): User => ({name, role: 'participant', ...more}) as User;
