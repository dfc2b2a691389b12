// What the script of a page does beside registering the elements: it puts them where a page cannot write their tags.
import type {LitElement} from 'lit';
import {bringNow} from './elements/on-demand.js';
import './index.js';
import {RoomsError} from './rooms/errors.js';

export * from './index.js';

/** As in package.json. */
export const version = '0.1.0';

const NAMES = /^(room-(picker|editor|users)|join-button)$/;

type Name = 'room-picker' | 'join-button' | 'room-editor' | 'room-users';

/** Which element, and its properties. */
export type RenderOptions<N extends Name> = {element: N} & Partial<HTMLElementTagNameMap[N]>;

/** The global of a page with the script: all that its module exports. */
export type Greenroom = typeof import('./embed.js');

declare global {
  var Greenroom: Greenroom;
}

/** The global, when the elements are registered and the page is parsed. */
export const ready = new Promise<unknown>(resolve => {
  if (document.readyState === 'loading') document.addEventListener('DOMContentLoaded', resolve);
  else resolve(0);
}).then(() => globalThis.Greenroom);

/** Takes calls, also before the script is there; each is given the global when that is `ready`. */
export const q = {push: (call: (greenroom: Greenroom) => unknown) => void ready.then(call)};
const early: unknown = (globalThis.Greenroom as Partial<Greenroom> | undefined)?.q;
if (Array.isArray(early)) early.forEach(q.push);

/** What stands in a place of the page instead of what was there before. */
const places = new WeakMap<Element, {element: HTMLElement; before: ChildNode[]}>();

/**
 * Puts an element into a place of the page, given as an element or a selector, instead of what is there; or changes the
 * properties of the one that was put there before. What is no property of the element is passed over. One that is
 * loaded on demand stands there a moment later. Throws `misconfigured` when there is no such place or no such element.
 */
export function render<N extends Name>(target: string | Element, {element: name, ...properties}: RenderOptions<N>) {
  const place = placeOf(target);
  if (!place || !NAMES.test(name)) {
    throw new RoomsError('misconfigured', `There is no ${place ? `<${name}>` : (target as string)}.`);
  }
  return put(place, name, element => {
    for (const [key, value] of Object.entries(properties)) {
      if (classOf(name)!.elementProperties.has(key)) Object.assign(element, {[key]: value});
    }
  }) as HTMLElementTagNameMap[N];
}

/** Takes out again what was put into a place, and brings back what was there before. */
export function remove(target: string | Element) {
  const place = placeOf(target);
  if (!place || !places.has(place)) return;
  place.replaceChildren(...places.get(place)!.before);
  places.delete(place);
}

const placeOf = (target: string | Element) => (typeof target === 'string' ? document.querySelector(target) : target);

const classOf = (name: string) => customElements.get(name) as unknown as typeof LitElement | undefined;

/** `give`: gives the element what it shall have, once it is registered. */
function put(place: Element, name: string, give: (element: HTMLElement) => void): HTMLElement {
  const there = places.get(place)?.element;
  if (there?.localName !== name) {
    remove(place);
    // A copy of a page, as a router keeps it, has a copy of the element, too.
    const before = [...place.childNodes].filter(node => node.nodeName.toLowerCase() !== name);
    places.set(place, {element: document.createElement(name), before});
  }
  const {element} = places.get(place)!;
  const show = () => {
    if (places.get(place)?.element !== element) return;
    give(element);
    if (element.parentNode !== place) place.replaceChildren(element);
  };
  if (classOf(name)) show();
  else void bringNow(name).then(show);
  return element;
}

// Places are also written as `<div data-greenroom="room-picker" data-endpoint="…">`, by editors that know no other tags.
const MARK = 'data-greenroom';

const observer = new MutationObserver(records => {
  for (const {target, attributeName, addedNodes} of records) {
    if (attributeName) change(target as Element, attributeName);
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

function change(place: Element, attribute: string) {
  const name = textOf(place, MARK)!;
  if (!NAMES.test(name)) return;
  const there = places.get(place)?.element;
  if (there?.localName === name) return pass(place, there, attribute);
  observer.observe(place, {attributes: true});
  put(place, name, element => place.getAttributeNames().forEach(attribute => pass(place, element, attribute)));
}

/** Hands an attribute on if it is one of the element's own: nobody's handler, style or id. */
function pass(place: Element, element: HTMLElement, attribute: string) {
  const [, own = ''] = attribute.split('data-');
  // An element refuses to have the key.
  if (own !== 'app-key' && !classOf(element.localName)?.observedAttributes.includes(own)) return;
  const text = textOf(place, attribute);
  if (text === undefined) element.removeAttribute(own);
  else element.setAttribute(own, text);
}

/** What is written there, without the quotes that an editor took for typography. */
const textOf = (place: Element, attribute: string) =>
  place.getAttribute(attribute)?.replace(/^[\s"″„\p{Pi}\p{Pf}]+|[\s"″„\p{Pi}\p{Pf}]+$/gu, '');
