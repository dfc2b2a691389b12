import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {before, describe, it} from 'node:test';
import {until} from '../helpers/e2e/demo.js';
import {go, settle, useGallery} from '../helpers/e2e/gallery.js';

interface Named {
  name: string;
  description?: string;
}

interface Described {
  tagName: string;
  attributes: Named[];
  members: (Named & {kind: 'field' | 'method'})[];
  events: Named[];
  slots?: Named[];
  cssParts: Named[];
  cssProperties: Named[];
}

/** The names that an element in a page has, by kind. */
type Kind = 'attributes' | 'members' | 'events' | 'slots' | 'cssParts' | 'cssProperties';
type Found = Record<string, Record<Kind, string[]>>;

const read = (file: string) => JSON.parse(readFileSync(`dist/${file}`, 'utf8')) as unknown;

const {modules} = read('custom-elements.json') as {modules: {declarations: Described[]}[]};
const described = modules.flatMap(({declarations}) => declarations);

describe('custom-elements.json', () => {
  const gallery = useGallery();
  let found: Found;

  before(async () => {
    const {page} = gallery;
    await page.addInitScript(watch);
    await page.reload();
    await gallery.inEveryState(async () => []);
    await go(page, 'join-button/joined');
    // It does not take a press right after joining for a wish to leave.
    await until(async () => {
      await page.locator('join-button').getByRole('button').click();
      return (await page.locator('#event code').textContent()) === 'room-leave';
    });
    await go(page, 'room-stage/after-left');
    await page.locator('room-stage [part=back]').click();
    await go(page, 'room-picker/rooms');
    const room = page.locator('room-picker [part=room]').first();
    await room.click();
    const more = {slot: (await room.getAttribute('id'))!, textContent: 'Bring tea'};
    const picker = page.locator('room-picker').first();
    await picker.evaluate((picker, more) => picker.append(Object.assign(document.createElement('em'), more)), more);
    await page.evaluate(fillSlots);
    await settle(page);
    gallery.theatre.forgive(/./);
    found = await page.evaluate(() => (window as unknown as {found: () => Found}).found());
  });

  const KINDS: [kind: Kind, words: string][] = [
    ['attributes', 'the attributes'],
    ['members', 'the properties and methods'],
    ['events', 'the events'],
    ['slots', 'the slots'],
    ['cssParts', 'the parts'],
    ['cssProperties', 'the custom properties'],
  ];
  for (const {tagName, ...element} of described) {
    for (const [kind, words] of KINDS) {
      it(`has ${words} of the running <${tagName}>, each with a description`, () => {
        const all = element[kind] ?? [];
        assert.deepEqual(all.map(({name}) => name).sort(), found[tagName]![kind]);
        assert.deepEqual(
          all.filter(({description}) => !description),
          [],
        );
      });
    }
  }

  it('has every element', () => {
    assert.deepEqual(described.map(({tagName}) => tagName).sort(), Object.keys(found).sort());
  });
});

describe('the README', () => {
  const readme = readFileSync('README.md', 'utf8').split('\n## The elements\n')[1]!;

  for (const {tagName, attributes, slots = [], cssParts, cssProperties, events} of described) {
    it(`names all attributes, slots, parts and events of <${tagName}>`, () => {
      const [shared, ...parts] = readme.split('\n### ');
      const own = parts.find(part => part.startsWith(`\`<${tagName}>\``))!;
      const missing = (all: Named[], text: string) =>
        all.filter(({name}) => !new RegExp(`\\W${name.replace('…', '<')}`).test(text)).map(({name}) => name);
      assert.deepEqual(missing([...attributes, ...slots, ...cssParts], `${shared} ${own}`), []);
      assert.deepEqual(missing([...events, ...cssProperties], readme), []);
    });
  }
});

describe('the data for editors', () => {
  it('has for VS Code every element with its attributes', () => {
    const {tags} = read('vscode.html-custom-data.json') as {tags: {name: string; attributes: Named[]}[]};
    assert.deepEqual(
      tags.map(({name, attributes}) => [name, attributes.map(({name}) => name)]),
      described.map(({tagName, attributes}) => [tagName, attributes.map(({name}) => name)]),
    );
  });

  it('has for JetBrains every element with its attributes, events and parts', () => {
    interface Element extends Named {
      attributes: Named[];
      js: {events: Named[]};
      css: {parts: Named[]};
    }
    const {contributions} = read('web-types.json') as {contributions: {html: {elements: Element[]}}};
    const names = (all: Named[]) => all.map(({name}) => name);
    assert.deepEqual(
      contributions.html.elements.map(({name, attributes, js, css}) => [
        name,
        names(attributes),
        names(js.events),
        names(css.parts),
      ]),
      described.map(({tagName, attributes, events, cssParts}) => [
        tagName,
        names(attributes),
        names(events),
        names(cssParts),
      ]),
    );
  });
});

/** Shows each slot that an element has only when the page fills it; of a picker: for no rooms, a failure, and no match. */
async function fillSlots() {
  const room = {room_id: 'r', name: 'Lobby', settings: {}};
  const lists = {
    empty: async () => [],
    failed: () => Promise.reject(new Error('No.')),
    none: async () => [room],
  };
  for (const [slot, list] of Object.entries(lists)) {
    const picker = document.createElement('room-picker');
    picker.append(Object.assign(document.createElement('p'), {slot, textContent: 'Ask us'}));
    picker.rooms = {list} as unknown as NonNullable<typeof picker.rooms>;
    picker.search = true;
    document.body.append(picker);
    await picker.reload();
    await picker.updateComplete;
    if (slot === 'none') {
      const search = picker.shadowRoot!.querySelector('input')!;
      search.value = 'x';
      search.dispatchEvent(new InputEvent('input'));
    }
    await picker.updateComplete;
    await new Promise(requestAnimationFrame);
    picker.remove();
  }
  for (const slot of ['pick', 'prepare', 'consent', 'empty', 'sign-in']) {
    const door = document.createElement('green-room');
    door.append(Object.assign(document.createElement('p'), {slot, textContent: 'Ask us'}));
    door.rooms = {list: lists.none, get: async () => room} as unknown as NonNullable<typeof door.rooms>;
    // Who has a room already gets ready for it.
    if (/^(prepare|consent)$/.test(slot)) door.roomId = room.room_id;
    document.body.append(door);
    await door.updateComplete;
    await new Promise(requestAnimationFrame);
    door.remove();
  }
}

/** Runs first in the page, and notes the events, parts and slots of elements. */
function watch() {
  const TAG = /^(green|join|pre|room)-/;
  // Of Lit and the browser.
  const THEIRS =
    /^(constructor|render(Root|Options)?|\w+Callback|willUpdate|updated|isUpdatePending|hasUpdated|enableUpdating|createRenderRoot|requestUpdate|scheduleUpdate)$/;
  const seen: Record<string, {events: Set<string>; cssParts: Set<string>; slots: Set<string>}> = {};
  const of = (element: Element) =>
    (seen[element.localName] ??= {events: new Set(), cssParts: new Set(), slots: new Set()});

  const dispatch = Reflect.get(EventTarget.prototype, 'dispatchEvent') as (this: EventTarget, event: Event) => boolean;
  EventTarget.prototype.dispatchEvent = function (event) {
    const isOurs = event instanceof CustomEvent || event.type === 'input' || event.type === 'change';
    if (this instanceof Element && TAG.test(this.localName) && isOurs) of(this).events.add(event.type);
    return dispatch.call(this, event);
  };

  const attach = Reflect.get(Element.prototype, 'attachShadow') as (this: Element, init: ShadowRootInit) => ShadowRoot;
  Element.prototype.attachShadow = function (init) {
    const root = attach.call(this, init);
    if (!TAG.test(this.localName)) return root;
    const look = () => {
      for (const each of root.querySelectorAll('[part]')) each.part.forEach(part => of(this).cssParts.add(part));
      for (const {name} of root.querySelectorAll('slot')) of(this).slots.add(name.replace(/^room-.*/, 'room-…'));
    };
    new MutationObserver(look).observe(root, {subtree: true, childList: true, attributeFilter: ['part', 'name']});
    return root;
  };

  interface LitClass extends CustomElementConstructor {
    observedAttributes: string[];
    elementStyles: {cssText: string}[];
    elementProperties: Map<string, {state?: boolean}>;
  }
  Object.assign(window, {
    found: () =>
      Object.fromEntries(
        Object.entries(seen).map(([tag, {events, cssParts, slots}]) => {
          const made = customElements.get(tag) as LitClass;
          const element = document.querySelector(tag) ?? document.createElement(tag);
          const hidden = [...made.elementProperties].flatMap(([name, {state}]) => (state ? [name] : []));
          const members = [...Object.getOwnPropertyNames(made.prototype), ...Object.keys(element)].filter(
            name => !THEIRS.test(name) && !name.startsWith('_') && !hidden.includes(name),
          );
          const used = made.elementStyles.flatMap(({cssText}) => cssText.match(/(?<=var\()--room-[\w-]+/g) ?? []);
          const all = {attributes: made.observedAttributes, members, events, slots, cssParts, cssProperties: used};
          return [
            tag,
            Object.fromEntries(Object.entries(all).map(([kind, names]) => [kind, [...new Set(names)].sort()])),
          ];
        }),
      ),
  });
}
