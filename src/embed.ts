// What the script does besides registering the elements: it puts them into pages that cannot write their tags.
import type {LitElement} from 'lit';
import {bringNow, isElement} from './elements/on-demand.js';
import './index.js';
import {RoomsError} from './rooms/errors.js';

export * from './index.js';

declare const __VERSION__: string;

/** The version in package.json; vite.config.ts puts it here. */
export const version = __VERSION__;

type Name = 'room-picker' | 'join-button' | 'pre-join' | 'room-editor' | 'room-users' | 'room-stage' | 'green-room';

/** The element to render, and its properties. */
export type RenderOptions<N extends Name> = {element: N} & {
  [K in keyof HTMLElementTagNameMap[N]]?: HTMLElementTagNameMap[N][K] | undefined;
};

/**
 * The global `Greenroom` of a page with the script: all exports of this module. `base` is the address of the folder with the
 * files that the script loads on demand; by default they are beside the script.
 */
export type Greenroom = typeof import('./embed.js') & {base?: string};

declare global {
  var Greenroom: Greenroom;
}

/** Resolves to the global `Greenroom` when the elements are registered and the page is parsed. */
export const ready = new Promise<unknown>(resolve => {
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', resolve);
  else resolve(0);
}).then(() => globalThis.Greenroom);

/**
 * The queue of calls. Each is called with the global `Greenroom` when that is `ready`, also if it was pushed before the
 * script came.
 */
export const q = {push: (call: (greenroom: Greenroom) => unknown) => void ready.then(call)};
const early: unknown = (globalThis.Greenroom as Partial<Greenroom> | undefined)?.q;
if (Array.isArray(early)) early.forEach(q.push);

/** The element in each place of the page, and what was there before. */
const places = new WeakMap<Element, {element: HTMLElement; before: ChildNode[]}>();

/**
 * Puts an element into a place of the page and returns it. If the place has that element already, only its properties
 * change. Names that are no property of the element are ignored. An element that is loaded on demand appears when it has
 * been loaded.
 *
 * @param target The place: an element of the page or a selector. Its content is kept, and `remove` brings it back.
 * @throws `RoomsError` `misconfigured` if there is no such place or no such element.
 * @example
 * Greenroom.render('#rooms', {element: 'room-picker', endpoint: 'https://shop.example/api'});
 * Greenroom.render('#join', {element: 'join-button', for: 'rooms', userName: 'Ann'});
 */
export function render<N extends Name>(target: string | Element, {element: name, ...properties}: RenderOptions<N>) {
  const place = placeOf(target);
  if (!place || !isElement(name)) {
    throw new RoomsError('misconfigured', `There is no ${place ? `<${name}>` : (target as string)}.`);
  }
  return put(place, name, element => {
    for (const [key, value] of Object.entries(properties)) {
      if (value !== undefined && classOf(name)!.elementProperties.has(key)) Object.assign(element, {[key]: value});
    }
  }) as HTMLElementTagNameMap[N];
}

/** Takes the rendered element out of a place, and brings back what was there before. */
export function remove(target: string | Element) {
  const place = placeOf(target);
  const {element, before} = (place && places.get(place)) ?? {};
  if (!place || !element) return;
  // What the page has put there meanwhile stays.
  if (element.parentNode === place) place.replaceChildren(...before!);
  places.delete(place);
}

const placeOf = (target: string | Element) => (typeof target === 'string' ? document.querySelector(target) : target);

const classOf = (name: string) => customElements.get(name) as unknown as typeof LitElement | undefined;

/** Puts an element into a place; `give` sets its properties or attributes, once it is registered. */
function put(place: Element, name: string, give: (element: HTMLElement) => void): HTMLElement {
  if (places.get(place)?.element.localName !== name) {
    remove(place);
    places.set(place, {element: document.createElement(name), before: []});
  }
  const {element} = places.get(place)!;
  const show = () => {
    if (places.get(place)?.element !== element) return;
    give(element);
    fill(place);
  };
  if (classOf(name)) show();
  else void bringNow(name).then(show);
  return element;
}

/** Shows the element of a place instead of what is there. */
function fill(place: Element) {
  const kept = places.get(place);
  if (!kept || kept.element.parentNode === place || !classOf(kept.element.localName)) return;
  // A router may have kept a copy of the page, with a copy of the element in it.
  kept.before = [...place.childNodes].filter(({nodeName}) => !isElement(nodeName.toLowerCase()));
  place.replaceChildren(kept.element);
}

// In editors that allow no custom tags, a place can be written as `<div data-greenroom="room-picker" data-endpoint="…">`.
const MARK = 'data-greenroom';

const observer = new MutationObserver(records => {
  for (const {target, attributeName, addedNodes} of records) {
    if (attributeName) change(target as Element, attributeName);
    else restore(target as Element);
    addedNodes.forEach(find);
  }
});

void ready.then(() => {
  find(document.documentElement);
  observer.observe(document, {childList: true, subtree: true, attributeFilter: [MARK]});
});

function find(node: Node) {
  if (node.nodeType !== 1) return;
  for (const place of [node as Element, ...(node as Element).querySelectorAll(`[${MARK}]`)]) change(place, MARK);
}

/**
 * Puts the element of a place back when the page has drawn the content of the place again, as a morph, `innerHTML` or a
 * server's refresh do. It waits for the next frame, so that two scripts that both insist cannot block the page.
 */
function restore(place: Element) {
  const element = places.get(place)?.element;
  if (element && element.parentNode !== place && place.hasAttribute(MARK)) requestAnimationFrame(() => fill(place));
}

function change(place: Element, attribute: string) {
  const name = textOf(place, MARK) ?? '';
  if (!isElement(name)) return void (attribute === MARK && remove(place));
  const there = places.get(place)?.element;
  if (there?.localName === name) return pass(place, there, attribute);
  observer.observe(place, {attributes: true});
  put(place, name, element => place.getAttributeNames().forEach(attribute => pass(place, element, attribute)));
}

/** Copies a `data-` attribute of the place to the element if the element has it; handlers, styles and ids stay behind. */
function pass(place: Element, element: HTMLElement, attribute: string) {
  const [, own = ''] = attribute.split('data-');
  // `app-key` is copied too, so that the element says that it does not belong in a page.
  if (own !== 'app-key' && !classOf(element.localName)?.observedAttributes.includes(own)) return;
  const text = textOf(place, attribute);
  if (text === undefined) element.removeAttribute(own);
  else element.setAttribute(own, text);
}

/** An attribute's text, without the curly quotes that an editor may have put around it. */
const textOf = (place: Element, attribute: string) =>
  place.getAttribute(attribute)?.replace(/^[\s"″„\p{Pi}\p{Pf}]+|[\s"″„\p{Pi}\p{Pf}]+$/gu, '');
