import {fixture, html} from '@open-wc/testing';
import type {Room, RoomPicker, Rooms} from '../../../src/index.js';
import {inside, until} from './stage.js';

export const MINUTE = 60_000;
export const room = (name: string, more: Partial<Room> = {}): Room => ({room_id: name, name, settings: {}, ...more});
/** Makes `length` rooms with numbered names. */
export const numbered = (length: number, more: Partial<Room> = {}, name = 'Room') =>
  Array.from({length}, (_, at) => room(`${name} ${at}`, more));
const timeOf = (ms: number) => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');
/** A room that issues tokens from `opens` on and is over at `ends`; both in ms from `now`. */
export const scheduled = (name: string, now: number, opens: number, ends: number): Room => {
  const start = now + opens + 15 * MINUTE;
  const duration = (ends - opens) / MINUTE - 15;
  return room(name, {settings: {scheduled: true, scheduled_time: timeOf(start), duration}});
};

/** Rooms of the page itself, whose list and clock the test sets. */
export function own(rooms: Room[], more: Partial<Rooms> = {}) {
  const held = {rooms, now: Date.now()};
  const source = {
    list: async () => structuredClone(held.rooms),
    users: async () => [],
    now: () => held.now,
    ...more,
  } as unknown as Rooms;
  return Object.assign(held, {source});
}

/** Shows a picker with its search field, however few rooms there are. */
export async function show(source: Rooms) {
  const picker = await fixture<RoomPicker>(html`<room-picker search .rooms=${source}></room-picker>`);
  await until(() => !inside(picker, '[aria-busy=true]'), 'the picker loads');
  return picker;
}

export const listOf = (picker: RoomPicker) => inside(picker, '[role=listbox]');
/** The visible groups, each with its heading and its names. */
export const groupsOf = (picker: RoomPicker) =>
  [...picker.shadowRoot!.querySelectorAll('[part=group]:not([hidden])')].map(group => [
    group.querySelector('[part=heading]')!.textContent,
    ...[...group.querySelectorAll('[part=name]')].map(name => name.textContent),
  ]);
export const reload = async (picker: RoomPicker) => {
  await picker.reload({quiet: true});
  await picker.updateComplete;
};
