import {fixture, html} from '@open-wc/testing';
import '../../../src/define/pre-join.js';
import type {PreJoin} from '../../../src/elements/pre-join.js';
import {browser, inside, itWhere, textOf, until} from './stage.js';

/** WebKit has neither camera nor microphone here, also no pretended ones. */
export const itWithDevices = itWhere(browser !== 'webkit', 'WebKit has no pretended devices');

/** Debian's WebKit is built without WebRTC, so it cannot make calls. */
export const itWithCalls = itWhere('RTCPeerConnection' in window, 'this browser has no WebRTC');

type Media = MediaDevices & Record<string, unknown>;
const media = navigator.mediaDevices as Media;

/** Every request for devices, and every track that came of one. */
export interface Watched {
  asked: MediaStreamConstraints[];
  tracks: MediaStreamTrack[];
}

let undo: (() => void)[] = [];

/** Replaces a member of an object until the test ends. */
export function replace(on: object, name: string, value: unknown) {
  const own = Object.getOwnPropertyDescriptor(on, name);
  Object.defineProperty(on, name, {value, configurable: true, writable: true});
  undo.push(() => (own ? Object.defineProperty(on, name, own) : Reflect.deleteProperty(on, name)));
}

afterEach(() => {
  undo.reverse().forEach(each => each());
  undo = [];
  localStorage.clear();
});

type Ask = (wish: MediaStreamConstraints) => Promise<MediaStream>;

/** Notes each request from now on; `instead` answers them, or passes them on to the browser. */
export function watchMedia(instead: (ask: Ask) => Ask = ask => ask): Watched {
  const watched: Watched = {asked: [], tracks: []};
  const ask = instead(media.getUserMedia.bind(media));
  replace(media, 'getUserMedia', async (wish: MediaStreamConstraints) => {
    watched.asked.push(wish);
    const stream = await ask(wish);
    watched.tracks.push(...stream.getTracks());
    return stream;
  });
  return watched;
}

/** What the browser says that it has decided. */
export const decide = (states: Partial<Record<'camera' | 'microphone', PermissionState>>) =>
  replace(navigator.permissions, 'query', async ({name}: {name: 'camera' | 'microphone'}) => ({
    state: states[name] ?? 'prompt',
  }));

/** Refuses each request with the error of the browser; `when`: only those. */
export const refuses =
  (name: string, when: (wish: MediaStreamConstraints) => unknown = () => true) =>
  (ask: Ask): Ask =>
  wish =>
    when(wish) ? Promise.reject(new DOMException('Refused by the test.', name)) : ask(wish);

export const showPreJoin = async (attributes: Record<string, string> = {}, content = '') => {
  const around = await fixture<HTMLElement>(html`<div></div>`);
  const element = document.createElement('pre-join');
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.innerHTML = content;
  around.append(element);
  await element.updateComplete;
  return element;
};

export const nameField = (element: PreJoin) => inside<HTMLInputElement>(element, '[part=input]');
export const typeName = (element: PreJoin, name: string) => {
  nameField(element).value = name;
  nameField(element).dispatchEvent(new InputEvent('input', {bubbles: true, composed: true}));
  nameField(element).dispatchEvent(new Event('change', {bubbles: true}));
};
export const faultsOf = (element: PreJoin) =>
  [...element.shadowRoot!.querySelectorAll('[part=fault]')].map(each => each.textContent).join('');
export const noteOf = (element: PreJoin) => textOf(element, '[role=status]');

/** Presses the button that turns on everything, and waits until it is on or failed. */
export async function start(element: PreJoin, part = 'start') {
  inside(element, `[part=${part}]`).click();
  await settled(element);
}

/** Waits until nothing is asked for any more. */
export async function settled(element: PreJoin) {
  await element.updateComplete;
  await until(() => !inside(element, '.tools [aria-busy=true]'), 'the browser answers');
  await element.updateComplete;
}
