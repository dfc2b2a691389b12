import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, it} from 'node:test';
import {promisify} from 'node:util';
import {consumer} from '../helpers/e2e/consumer.js';

const run = promisify(execFile);

/** Makes the window that a test runner would make. */
const WINDOWS = {
  jsdom: `import {JSDOM} from 'jsdom';
    const {window} = new JSDOM('<!doctype html><html lang="en">', {url: 'https://shop.example/'});`,
  'happy-dom': `import {Window} from 'happy-dom';
    const window = new Window({url: 'https://shop.example/'});
    window.document.documentElement.lang = 'en';`,
};

/** Puts the window's names into Node's globals, as Vitest does, and keeps all that goes wrong. */
const GLOBALS = `
  const OVERRIDE = /^(Event|EventTarget|CustomEvent|MessageEvent|AbortController|AbortSignal|navigator|DOMException|FormData)$/;
  for (const key of new Set([...Object.getOwnPropertyNames(window), 'addEventListener', 'removeEventListener'])) {
    if ((key in globalThis && !OVERRIDE.test(key)) || window[key] === undefined) continue;
    const value = typeof window[key] === 'function' && !/^[A-Z]/.test(key) ? window[key].bind(window) : window[key];
    Object.defineProperty(globalThis, key, {configurable: true, writable: true, value});
  }
  const wrong = [];
  process.on('unhandledRejection', error => wrong.push(String(error)));
  process.on('uncaughtException', error => wrong.push(String(error)));
  window.addEventListener('error', ({message}) => wrong.push(message));
  console.error = console.warn = (...parts) => wrong.push(parts.join(' '));
`;

/** A site's own unit test: it chooses, joins and gets the event, and manages a room. */
const UNIT_TEST = `
  import 'greenroom';
  import 'greenroom/room-editor.js';
  import 'greenroom/room-users.js';
  const room = {room_id: 'lobby', name: 'Lobby', settings: {mode: 'group', scheduled: false, participants: 10}};
  const more = Array.from({length: 300}, (_, at) => ({...room, room_id: 'room' + at, name: 'Room ' + at}));
  const rooms = {
    list: async () => [room, ...more],
    get: async () => room,
    users: async () => [{name: 'Bob', role: 'participant'}],
    token: async () => ({token: 'a-test-token'}),
    update: async () => undefined,
    remove: async () => undefined,
  };
  document.body.innerHTML = \`
    <form>
      <label for="rooms">Where?</label>
      <room-picker id="rooms" name="room" required show-users refresh="30"></room-picker>
    </form>
    <join-button for="rooms" user-name="Ann"></join-button>
    <room-users for="rooms"></room-users>
    <room-editor room-id="lobby"></room-editor>\`;
  const [picker, button, users, editor] = ['room-picker', 'join-button', 'room-users', 'room-editor'].map(name =>
    document.querySelector(name),
  );
  const told = [];
  for (const type of ['room-select', 'room-join', 'room-token', 'room-error', 'room-saved', 'room-deleted']) {
    document.addEventListener(type, ({detail}) => told.push([type, detail.token ?? detail.error?.message ?? detail.room.name]));
  }
  for (const element of [picker, button, users, editor]) element.rooms = rooms;

  /** Waits until a check gives something. */
  async function until(what, check) {
    for (let left = 1000; left; left--) {
      const value = check();
      if (value) return value;
      await new Promise(resolve => setTimeout(resolve, 5));
    }
    console.log(JSON.stringify({missing: what, told, wrong}));
    process.exit(0);
  }
  const found = (element, query) => until(query, () => element.shadowRoot?.querySelector(query));
  const fired = type => until(type, () => told.some(([each]) => each === type));

  const invalid = picker.checkValidity();
  (await found(picker, '[role=option]')).click();
  const valid = picker.checkValidity() && picker.reportValidity();
  (await found(button, 'button')).click();
  await fired('room-token');
  const person = (await found(users, '[part=name]')).textContent;

  const name = await found(editor, 'form[aria-busy=false] [name=name]');
  name.value = 'Foyer';
  name.dispatchEvent(new window.Event('input', {bubbles: true, composed: true}));
  (await found(editor, '[part=save]')).click();
  await fired('room-saved');
  (await found(editor, '[part=delete]')).click();
  (await found(editor, 'dialog[open] [part=delete]')).click();
  await fired('room-deleted');

  const field = await found(picker, '[part=search]');
  field.value = 'no such room';
  field.dispatchEvent(new window.Event('input', {bubbles: true}));
  const none = await found(picker, '[part~=empty] p').then(({textContent}) => textContent);

  // What a page does meanwhile must not fail either.
  for (const element of [picker, button, users, editor]) element.focus();
  Object.assign(picker, {name: '', required: false, disabled: true, noSearch: true});
  picker.setCustomValidity('Not today.');
  const custom = picker.checkValidity();
  await picker.updateComplete;
  for (const element of [picker, button, users, editor]) element.remove();
  document.body.append(picker, button, users, editor);
  await picker.updateComplete;
  for (const element of [picker, button, users, editor]) element.remove();
  await new Promise(resolve => setTimeout(resolve, 50));
  console.log(JSON.stringify({told, invalid, valid, custom, person, none, value: picker.value, wrong}));
  process.exit(0);
`;

describe('in a page that a unit test simulates', () => {
  for (const [name, window] of Object.entries(WINDOWS)) {
    it(`of ${name}, a site’s own test chooses, joins, gets the token, and manages a room`, async t => {
      const {place} = await consumer(t, 'jsdom', 'happy-dom');
      writeFileSync(
        join(place, 'window.mjs'),
        `${window}\n${GLOBALS}\nglobalThis.window = window;\nglobalThis.wrong = wrong;`,
      );
      writeFileSync(join(place, 'unit.mjs'), `import './window.mjs';\n${UNIT_TEST}`);
      const {stdout} = await run(process.execPath, ['unit.mjs'], {cwd: place, timeout: 60_000});
      assert.deepEqual(JSON.parse(stdout), {
        told: [
          ['room-select', 'Lobby'],
          ['room-join', 'Lobby'],
          ['room-token', 'a-test-token'],
          ['room-saved', 'Lobby'],
          ['room-deleted', 'Lobby'],
        ],
        invalid: false,
        valid: true,
        custom: false,
        person: 'Bob',
        none: 'No room matches “no such room”.',
        value: 'lobby',
        wrong: [],
      });
    });
  }
});
