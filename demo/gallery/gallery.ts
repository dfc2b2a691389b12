import '../../src/index.js';
import '../../src/define/green-room.js';
import '../../src/define/pre-join.js';
import '../../src/define/room-editor.js';
import '../../src/define/room-stage.js';
import '../../src/define/room-users.js';
import {ENTERING} from './entering.js';
import {JOIN, PICKER} from './joining.js';
import {EDITOR, USERS} from './managing.js';
import {PREPARE} from './preparing.js';
import {STAGE} from './staging.js';
import type {State} from './state.js';
import {TOGETHER} from './together.js';

const STATES = [ENTERING, PICKER, JOIN, PREPARE, STAGE, EDITOR, USERS, TOGETHER].flat();
const RIGHT_TO_LEFT = /^(ar|he)$/;
const EVENTS = [
  'room-select',
  'room-join',
  'room-token',
  'devices-change',
  'room-leave',
  'stage-joined',
  'stage-left',
  'stage-back',
  'room-save',
  'room-saved',
  'room-delete',
  'room-deleted',
];

const elements = document.querySelectorAll<HTMLAnchorElement>('#elements a');
const links = find('#links');
const short = find<HTMLSelectElement>('#short select');
const knobs = find<HTMLFormElement>('#knobs');
const frame = find('#frame');
const stage = find('#stage');
const told = find('#event code');

/** Turns off all motion of an element, like a system with reduced motion. */
const still = new CSSStyleSheet();
still.replaceSync('* {animation: none !important; transition: none !important}');

const kindOf = ({id}: State) => id.split('/')[0]!;

for (const [name, value] of new URLSearchParams(location.search)) {
  const named = knobs.elements.namedItem(name);
  if (named instanceof HTMLSelectElement) named.value = value;
}

knobs.addEventListener('change', () => {
  const turned = [...new FormData(knobs)].filter(([, value]) => value !== '') as [string, string][];
  history.replaceState(null, '', `?${new URLSearchParams(turned).toString()}${location.hash}`);
  void open();
});
short.addEventListener('change', () => (location.hash = short.value));
addEventListener('hashchange', () => void open());
// Shows only that there is a token: a page never shows the token itself.
for (const name of EVENTS) stage.addEventListener(name, () => (told.textContent = name));
stage.addEventListener('room-error', ({detail}) => (told.textContent = `room-error, ${detail.error.code}`));
void open();

/** Shows the state in the address with the chosen settings. */
async function open() {
  const state = STATES.find(({id}) => `#${id}` === location.hash) ?? STATES[0]!;
  frame.ariaBusy = 'true';
  frame.dataset.state = state.id;
  list(state);
  find('#title').textContent = state.label;
  find('#note').textContent = state.note;
  told.textContent = 'none yet';
  const place = Object.assign(document.createElement('div'), {className: 'place'});
  turn(place);
  const rest = Object.assign(document.createElement('p'), {className: 'rest', textContent: 'The page goes on here.'});
  stage.replaceChildren(place, rest);
  try {
    const shown = state.show(place);
    if (knob('motion').value) quieten(place);
    await shown;
  } catch (error) {
    if (place.isConnected) throw error;
    return; // Another state is shown by now.
  }
  if (place.isConnected) frame.ariaBusy = 'false';
}

/** Links to all states of the element; the shown one is marked. */
function list(state: State) {
  const kind = kindOf(state);
  if (links.dataset.kind !== kind) {
    links.dataset.kind = kind;
    const own = STATES.filter(each => kindOf(each) === kind);
    const [usual, failures] = [own.filter(each => !each.failure), own.filter(each => each.failure)];
    links.replaceChildren(...usual.map(each => linkTo(each, each.label)));
    if (failures.length) {
      links.append(Object.assign(document.createElement('h2'), {textContent: 'Failures'}));
      links.append(...failures.map(each => linkTo(each, each.label)));
    }
    short.replaceChildren(...own.map(({id, label}) => new Option(label, id)));
  }
  short.value = state.id;
  for (const link of links.querySelectorAll('a')) mark(link, link.hash === `#${state.id}` && 'page');
  for (const link of elements) mark(link, link.hash.startsWith(`#${kind}/`) && 'true');
}

/** Applies the chosen settings to an element. */
function turn(place: HTMLElement) {
  document.documentElement.dataset.scheme = knob('scheme').value;
  place.lang = knob('lang').value || 'en';
  place.dir = knob('dir').value || (RIGHT_TO_LEFT.test(place.lang) ? 'rtl' : 'ltr');
  place.style.setProperty('--width', knob('width').value || '100%');
  place.style.setProperty('--room-density', knob('density').value || '1');
}

function quieten(place: HTMLElement) {
  for (const {shadowRoot} of place.querySelectorAll('*')) shadowRoot?.adoptedStyleSheets.push(still);
}

function knob(name: string) {
  return knobs.elements.namedItem(name) as HTMLSelectElement;
}

function linkTo({id}: State, label: string) {
  return Object.assign(document.createElement('a'), {href: `#${id}`, textContent: label});
}

function mark(link: HTMLAnchorElement, current: string | false) {
  link.ariaCurrent = current || null;
}

function find<T extends HTMLElement = HTMLElement>(selector: string): T {
  return document.querySelector<T>(selector)!;
}
