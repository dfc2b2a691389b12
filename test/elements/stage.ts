import {fixture, html, oneEvent, waitUntil} from '@open-wc/testing';
import {executeServerCommand} from '@web/test-runner-commands';
import type {JoinButton, RoomPicker, RoomsError} from '../../src/index.js';
import type {Answer, Stage, StageCall, StageRequest} from '../backstage.js';

export type Definition = StageRequest['rooms'][number];

/** Waits for something that comes by itself; far longer than it takes, since the machine may be busy. */
export const until = (predicate: () => unknown, message?: string) =>
  waitUntil(predicate as () => boolean, message, {timeout: 15_000});

/** A room that is always open. */
export const permanent = (name: string, more: Partial<Definition> = {}): Definition => ({name, ...more});

/** A scheduled room that opens so many ms from now, by a clock `clockOffset` ms off; the API knows whole seconds. */
export function opensIn(name: string, ms: number, clockOffset = 0): Definition {
  const start = new Date(Math.ceil((Date.now() + clockOffset + ms) / 1000) * 1000 + 15 * 60_000);
  const scheduled_time = start.toISOString().slice(0, 19).replace('T', ' ');
  return {name, settings: {scheduled: true, scheduled_time, duration: 30}};
}

/** A platform, an application, rooms and a token proxy of this test's own. */
export async function openStage(rooms: (string | Definition)[], more: Partial<StageRequest> = {}) {
  const definitions = rooms.map(room => (typeof room === 'string' ? permanent(room) : room));
  const request: StageRequest = {origin: location.origin, rooms: definitions, ...more};
  const stage = await executeServerCommand<Stage, StageRequest>('backstage:open', request);
  const run = async (call: StageCall['call'], ...args: unknown[]) =>
    (await executeServerCommand<Answer, StageCall>('backstage:run', {id: stage.id, call, args})).value;
  return {...stage, run, count: async (operation: string) => (await run('count', operation)) as number};
}

/** The address of the servers behind the tests; its `/fault/…` are no token proxies. */
export const faults = async () => `${await executeServerCommand<string, undefined>('backstage:base')}/fault`;

/** Something in an element's shadow root, by selector of role or part. */
export const inside = <T extends HTMLElement = HTMLElement>(element: Element, selector: string) =>
  element.shadowRoot!.querySelector<T>(selector)!;

export const optionsOf = (picker: RoomPicker) => [...picker.shadowRoot!.querySelectorAll<HTMLElement>('[role=option]')];
export const namesOf = (picker: RoomPicker) =>
  optionsOf(picker).map(option => option.querySelector('[part=name]')!.textContent!.trim());
export const option = (picker: RoomPicker, name: string) => optionsOf(picker)[namesOf(picker).indexOf(name)]!;

export const textOf = (element: Element, selector: string) =>
  (inside(element, selector)?.textContent ?? '').replace(/\s+/g, ' ').trim();

export const buttonOf = (join: JoinButton) => inside<HTMLButtonElement>(join, '[part=button]');
/** What a person reads in the button, slotted or not. */
export const labelOf = (join: JoinButton) => buttonOf(join).innerText.trim();

export async function showPicker(endpoint: string, attributes: Record<string, string> = {}) {
  const picker = await fixture<RoomPicker>(html`<room-picker endpoint=${endpoint}></room-picker>`);
  for (const [name, value] of Object.entries(attributes)) picker.setAttribute(name, value);
  await until(() => !inside(picker, '[aria-busy]'), 'the picker loads');
  return picker;
}

export const nextError = async (element: Element) =>
  ((await oneEvent(element, 'room-error')) as CustomEvent<{error: RoomsError; operation: string}>).detail;
