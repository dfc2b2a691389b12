import {expect, fixture, html, oneEvent, waitUntil} from '@open-wc/testing';
import {executeServerCommand, sendKeys} from '@web/test-runner-commands';
import type {JoinButton, RoomPicker, RoomsError} from '../../../src/index.js';
import type {Answer, Stage, StageCall, StageRequest} from '../backstage.js';

export type Definition = StageRequest['rooms'][number];

/** Waits for something that comes by itself; far longer than it takes, since the machine may be busy. */
export const until = (predicate: () => unknown, message?: string) =>
  waitUntil(predicate as () => boolean, message, {timeout: 15_000});

/** The browser that runs the tests. */
const [, named] = /(Firefox|Chrome)/.exec(navigator.userAgent) ?? [];
export const browser = named === 'Firefox' ? 'firefox' : named ? 'chromium' : 'webkit';

// A page that follows the system, light or dark.
document.documentElement.style.cssText = 'color-scheme: light dark; color: CanvasText; background: Canvas';

/** Presses a key, or one with others held down: `Tab`, `Shift+Tab`. */
export async function press(keys: string) {
  const [key, ...held] = keys.split('+').reverse() as [string, ...string[]];
  for (const down of held) await sendKeys({down});
  await sendKeys({press: key});
  for (const up of held) await sendKeys({up});
}

/** A test of forced colours, where there are any; elsewhere it is listed as not run. */
export const itForcesColors = (title: string, test: () => Promise<void>) =>
  browser === 'webkit' ? it(`${title} (WebKit has no forced colours)`) : it(title, test);

/** What a person has set their system to; what is left out is as it comes. */
interface Media {
  colorScheme?: 'dark' | 'light';
  reducedMotion?: 'reduce';
  forcedColors?: 'active';
}

let emulated = false;

/** Has the browser believe that the system is set so, until the test ends. */
export async function emulate(media: Media) {
  emulated = true;
  await executeServerCommand('browser:emulate', media as never);
  const {colorScheme = 'light', reducedMotion = 'no-preference', forcedColors} = media;
  for (const feature of [
    // Forced colours are light or dark as the browser likes.
    forcedColors ? `forced-colors: ${forcedColors}` : `prefers-color-scheme: ${colorScheme}`,
    `prefers-reduced-motion: ${reducedMotion}`,
  ]) {
    await until(() => matchMedia(`(${feature})`).matches, feature);
  }
}

afterEach(async () => {
  if (emulated) await emulate({});
  emulated = false;
});

/** Something that assistive technology is told of. */
export interface Accessible {
  /** As ARIA names it; `text` for plain text. */
  role: string;
  name?: string;
  /** In the browser's own words; WebKit tells none. */
  states: string[];
  children: Accessible[];
}

/** What the browser hands to assistive technology of the whole page. */
export const accessibilityTree = () => executeServerCommand<Accessible, undefined>('browser:tree');

// What a screen reader passes over in silence, or each browser names in its own way.
const SILENT =
  /^(|none|generic|presentation|paragraph|group|details|label|LabelText|Legend|DisclosureTriangle|InlineTextBox|form)$/;
// What is in these is their value.
const FIELD = /^(textbox|searchbox|spinbutton|combobox|DateTime)$/;

/** A tree as a screen reader would read it out: `role name` a line, indented; text only where no name says it. */
export function outlineOf({role, name, children}: Accessible, around = ''): string[] {
  const said = (name ?? '').replace(/\s+/g, ' ').trim();
  if (role === 'text') return said && !around.includes(said) ? [said] : [];
  const silent = SILENT.test(role) && !(/^(group|form)$/.test(role) && said);
  const inner = FIELD.test(role) ? [] : children.flatMap(child => outlineOf(child, silent ? around : said));
  return silent ? inner : [`${role} ${said}`.trim(), ...inner.map(line => `  ${line}`)];
}

/** Expects the page to be read out so, line by line; a browser may need a moment to notice a change. */
export async function expectOutline(lines: string[]) {
  const read = async () => (await accessibilityTree()).children.flatMap(child => outlineOf(child));
  const deadline = performance.now() + 15_000;
  let outline = await read();
  while (outline.join('\n') !== lines.join('\n') && performance.now() < deadline) outline = await read();
  expect(outline).to.deep.equal(lines);
}

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
  await until(() => !inside(picker, '[aria-busy=true]'), 'the picker loads');
  return picker;
}

export const nextError = async (element: Element) =>
  ((await oneEvent(element, 'room-error')) as CustomEvent<{error: RoomsError; operation: string}>).detail;
