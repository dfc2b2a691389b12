import assert from 'node:assert/strict';
import {once} from 'node:events';
import {after, before, describe, it} from 'node:test';
import type {Page} from 'playwright-core';
import {WebSocket} from 'ws';
import {Theatre} from '../helpers/e2e/demo.js';
import {openGallery} from '../helpers/e2e/gallery.js';

describe('the gallery by keyboard alone', {timeout: 170_000}, () => {
  const theatre = new Theatre();
  let page: Page;
  before(async () => {
    await theatre.open();
    page = await openGallery(theatre);
  });
  after(() => theatre.close());

  /** The focused element, by its announced name. */
  const focused = () =>
    page.evaluate(() => {
      let at = document.activeElement;
      while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
      const {ariaLabel, id, textContent} = at as HTMLElement;
      const root = at!.getRootNode() as Document;
      const label = id && root.querySelector(`label[for="${id}"]`)?.textContent;
      return ariaLabel || label || textContent!;
    });

  /** Waits until something has the focus. */
  async function focusComesTo(name: string) {
    for (let n = 0; n < 150 && !(await focused()).trim().startsWith(name); n++) await pause();
    assert.equal((await focused()).trim().slice(0, name.length), name);
  }

  const pause = () => page.evaluate(() => new Promise(done => setTimeout(done, 100)));

  /** Presses Tab until something has the focus, as many times as it takes. */
  async function tabTo(name: string, key = 'Tab') {
    const passed: string[] = [];
    for (let n = 0; n < 90; n++) {
      await page.keyboard.press(key);
      const at = ((await focused()) || '').replace(/\s+/g, ' ').trim();
      if (at.startsWith(name)) return;
      passed.push(at.slice(0, 30));
    }
    assert.fail(`Nothing is called ${name} among ${passed.join(' / ')}`);
  }

  /** Waits until the accessibility tree of the elements has lines with these words, in this order. */
  async function readsOut(...lines: string[]) {
    const stage = page.locator('#stage');
    for (let n = 0; ; n++) {
      const tree = await stage.ariaSnapshot();
      let rest = tree.split('\n');
      const missing = lines.find(line => {
        const at = rest.findIndex(each => each.includes(line));
        rest = rest.slice(at + 1);
        return at < 0;
      });
      if (!missing) return;
      if (n > 150) assert.fail(`No “${missing}” in its place in\n${tree}`);
      await pause();
    }
  }

  /** Goes to the examples with several elements, from the top of the page. */
  async function begin(state: string) {
    await page.reload();
    await page.locator('#frame[aria-busy=false]').waitFor();
    await tabTo('Together');
    await page.keyboard.press('Enter');
    await tabTo(state);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', {name: state}).waitFor();
    await page.locator('#frame[aria-busy=false]').waitFor();
  }

  it('chooses a room, joins it, and sees who is in', async () => {
    await begin('Choose and join');
    await page.evaluate(() => {
      document.body.addEventListener('room-token', ({detail: {token, serverUrl}}) =>
        Object.assign(window, {handed: [token, serverUrl]}),
      );
    });
    await readsOut('status: Choose a room to see who is in.');
    await tabTo('Search rooms');
    await page.keyboard.type('coffee');
    await readsOut('searchbox "Search rooms": coffee', 'listbox "Rooms"', 'option "Coffee corner', 'status: 1 room');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await readsOut(
      'option "Coffee corner',
      'button "Join"',
      'heading "In this room"',
      'status: Nobody is in this room.',
    );
    assert.match(await page.locator('#stage').ariaSnapshot(), /option "Coffee corner.*\[selected\]/);
    await tabTo('Join');
    await page.keyboard.press('Enter');
    await readsOut('button "Join"', 'status: You are on your way in.');
    await page.getByText('Last event: room-token').waitFor();

    const [token, serverUrl] = await page.evaluate(() => (window as unknown as {handed: [string, string]}).handed);
    const socket = new WebSocket(serverUrl);
    await once(socket, 'open');
    socket.send(JSON.stringify({type: 'join', token}));
    await once(socket, 'message');
    assert.deepEqual(await theatre.namesIn('Coffee corner'), ['Ann']);
    await readsOut(
      'heading "In this room"',
      'paragraph: 1 person',
      'list "In this room 1 person"',
      'listitem: Ann Participant',
      'status: Ann came in.',
    );
    socket.close();
    assert.deepEqual(theatre.problems, []);
  });

  it('creates a room, changes it and deletes it', async () => {
    await begin('Choose and manage');
    await readsOut(
      'heading "New room"',
      'textbox "Name"',
      'combobox "Kind"',
      'textbox "Participants"',
      'button "Create room"',
    );
    await tabTo('Create room');
    await page.keyboard.press('Enter');
    await readsOut('textbox "Name" [invalid]', 'status: 1 field needs your attention.');
    await focusComesTo('Name');
    await page.keyboard.type('Reading circle');
    await page.keyboard.press('Enter');
    await readsOut('option "Reading circle"', 'status: “Reading circle” was created.');
    const id = await theatre.idOf('Reading circle');

    await tabTo('Search rooms', 'Shift+Tab');
    await page.keyboard.type('reading');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await readsOut(
      'heading "Change “Reading circle”"',
      'textbox "Name": Reading circle',
      'button "Save changes"',
      'button "Delete room"',
    );
    await tabTo('Participants');
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('0');
    await page.keyboard.press('Enter');
    await readsOut('status: 1 field needs your attention.');
    await page.keyboard.press('ControlOrMeta+a');
    await page.keyboard.type('12');
    await page.keyboard.press('Enter');
    await readsOut('textbox "Participants"', 'text: "12"', 'button "Discard changes" [disabled]', 'status: Saved.');
    assert.equal((await theatre.rooms.get(id)).settings.participants, 12);

    await tabTo('Delete room');
    await page.keyboard.press('Enter');
    await readsOut('dialog "Delete “Reading circle” for good?', 'button "Keep room"', 'button "Delete room"');
    await focusComesTo('Keep room');
    await page.keyboard.press('Escape');
    await focusComesTo('Delete room');
    await page.keyboard.press('Enter');
    await focusComesTo('Keep room');
    await tabTo('Delete room');
    await page.keyboard.press('Enter');
    await readsOut('paragraph: “Reading circle” was deleted.', 'status: “Reading circle” was deleted.');
    await focusComesTo('“Reading circle” was deleted.');
    assert.equal(
      (await theatre.rooms.list()).some(room => room.room_id === id),
      false,
    );
    assert.deepEqual(theatre.problems, []);
  });
});
