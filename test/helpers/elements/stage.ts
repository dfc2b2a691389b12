import {expect, fixture, html, oneEvent, waitUntil} from '@open-wc/testing';
import {executeServerCommand, sendKeys} from '@web/test-runner-commands';
import type {JoinButton, RoomPicker, RoomsError} from '../../../src/index.js';
import type {Answer, Stage, StageCall, StageRequest} from '../backstage.js';

export type Definition = StageRequest['rooms'][number];

/** Waits for a condition, much longer than it usually takes, since the machine may be busy. */
export const until = (predicate: () => unknown, message?: string) =>
  waitUntil(predicate as () => boolean, message, {timeout: 15_000});

/** The browser that runs the tests. */
const [, named] = /(Firefox|Chrome)/.exec(navigator.userAgent) ?? [];
export const browser = named === 'Firefox' ? 'firefox' : named ? 'chromium' : 'webkit';

// The page follows the system's colour scheme.
document.documentElement.style.cssText = 'color-scheme: light dark; color: CanvasText; background: Canvas';

/** Presses a key, optionally with modifiers: `Tab`, `Shift+Tab`. */
export async function press(keys: string) {
  const [key, ...held] = keys.split('+').reverse() as [string, ...string[]];
  for (const down of held) await sendKeys({down});
  await sendKeys({press: key});
  for (const up of held) await sendKeys({up});
}

/** Declares tests for browsers that can run them; in others they are pending, and the title says why. */
export const itWhere = (can: boolean, why: string) => (title: string, test: () => Promise<void>) =>
  can ? it(title, test) : it(`${title} (${why})`);

export const itForcesColors = itWhere(browser !== 'webkit', 'WebKit has no forced colours');

/** Settings of a person's system; those left out have their defaults. */
interface Media {
  colorScheme?: 'dark' | 'light';
  reducedMotion?: 'reduce';
  forcedColors?: 'active';
}

let emulated = false;

/** Emulates settings of the system until the test ends. */
export async function emulate(media: Media) {
  emulated = true;
  await executeServerCommand('browser:emulate', media as never);
  const {colorScheme = 'light', reducedMotion = 'no-preference', forcedColors} = media;
  for (const feature of [
    // With forced colours the browser chooses light or dark.
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

/** A node of the accessibility tree. */
export interface Accessible {
  /** The ARIA role; `text` for plain text. */
  role: string;
  name?: string;
  /** In the browser's own words; WebKit has none. */
  states: string[];
  children: Accessible[];
}

/** The accessibility tree of the whole page. */
export const accessibilityTree = () => executeServerCommand<Accessible, undefined>('browser:tree');

// Roles that a screen reader skips, or that each browser names differently.
const SILENT =
  /^(|none|generic|presentation|paragraph|group|details|label|LabelText|Legend|DisclosureTriangle|ListMarker|InlineTextBox|form)$/;
// The content of these roles is their value.
const FIELD = /^(textbox|searchbox|spinbutton|combobox|DateTime)$/;

/** The tree as a screen reader reads it: `role name` per line, indented; text only if no name contains it. */
export function outlineOf({role, name, children}: Accessible, around = ''): string[] {
  const said = (name ?? '').replace(/\s+/g, ' ').trim();
  if (role === 'text') return said && !around.includes(said) ? [said] : [];
  const silent = SILENT.test(role) && !(/^(group|form)$/.test(role) && said);
  const inner = FIELD.test(role) ? [] : children.flatMap(child => outlineOf(child, silent ? around : said));
  return silent ? inner : [`${role} ${said}`.trim(), ...inner.map(line => `  ${line}`)];
}

/** Expects this outline of the page, line by line. A browser may need a moment to notice a change. */
export async function expectOutline(lines: string[]) {
  const read = async () => (await accessibilityTree()).children.flatMap(child => outlineOf(child));
  const deadline = performance.now() + 15_000;
  let outline = await read();
  while (outline.join('\n') !== lines.join('\n') && performance.now() < deadline) outline = await read();
  expect(outline).to.deep.equal(lines);
}

/** A room that is always open. */
export const permanent = (name: string, more: Partial<Definition> = {}): Definition => ({name, ...more});

/** A scheduled room that opens `ms` from now by a clock that is `clockOffset` ms ahead, rounded up to whole seconds. */
export function opensIn(name: string, ms: number, clockOffset = 0): Definition {
  const start = new Date(Math.ceil((Date.now() + clockOffset + ms) / 1000) * 1000 + 15 * 60_000);
  const scheduled_time = start.toISOString().slice(0, 19).replace('T', ' ');
  return {name, settings: {scheduled: true, scheduled_time, duration: 30}};
}

/** Opens a platform with an application, rooms and a token proxy for one test. */
export async function openStage(rooms: (string | Definition)[], more: Partial<StageRequest> = {}) {
  const definitions = rooms.map(room => (typeof room === 'string' ? permanent(room) : room));
  const request: StageRequest = {origin: location.origin, rooms: definitions, ...more};
  const stage = await executeServerCommand<Stage, StageRequest>('backstage:open', request);
  const run = async (call: StageCall['call'], ...args: unknown[]) =>
    (await executeServerCommand<Answer, StageCall>('backstage:run', {id: stage.id, call, args})).value;
  return {...stage, run, count: async (operation: string) => (await run('count', operation)) as number};
}

/** The address below which the tests' server is no token proxy: `/fault/…`. */
export const faults = async () => `${await executeServerCommand<string, undefined>('backstage:base')}/fault`;

/** Finds an element in a shadow root, by a selector of role or part. */
export const inside = <T extends HTMLElement = HTMLElement>(element: Element, selector: string) =>
  element.shadowRoot!.querySelector<T>(selector)!;

export const optionsOf = (picker: RoomPicker) => [...picker.shadowRoot!.querySelectorAll<HTMLElement>('[role=option]')];
export const namesOf = (picker: RoomPicker) =>
  optionsOf(picker).map(option => option.querySelector('[part=name]')!.textContent!.trim());
export const option = (picker: RoomPicker, name: string) => optionsOf(picker)[namesOf(picker).indexOf(name)]!;

export const textOf = (element: Element, selector: string) =>
  (inside(element, selector)?.textContent ?? '').replace(/\s+/g, ' ').trim();

export const buttonOf = (join: JoinButton) => inside<HTMLButtonElement>(join, '[part~=button]');
/** The visible label of the button, slotted or not. */
export const labelOf = (join: JoinButton) => {
  const slotted = inside<HTMLSlotElement>(join, 'slot')?.assignedNodes({flatten: true}) ?? [];
  const shown = slotted.filter(node => !(node instanceof HTMLElement && node.hidden));
  return (
    shown
      .map(node => node.textContent)
      .join('')
      .trim() || buttonOf(join).innerText.trim()
  );
};

/** Shows a picker with its search field, however few rooms there are. */
export async function showPicker(endpoint: string, attributes: Record<string, string> = {}) {
  const picker = await fixture<RoomPicker>(html`<room-picker endpoint=${endpoint} search></room-picker>`);
  for (const [name, value] of Object.entries(attributes)) picker.setAttribute(name, value);
  await until(() => !inside(picker, '[aria-busy=true]'), 'the picker loads');
  return picker;
}

export const nextError = async (element: Element) =>
  ((await oneEvent(element, 'room-error')) as CustomEvent<{error: RoomsError; operation: string}>).detail;
