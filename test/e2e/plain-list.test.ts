import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import type {Page, Route} from 'playwright-core';
import type {Room} from '../../src/rooms/rooms.js';
import {useSite} from '../helpers/e2e/embed.js';

/** What the page offers to the tests. */
interface Held extends Window {
  held: Room[];
  rows: Element[];
  shifts: number[];
}

const PAGE = `<script src="/dist/greenroom.min.js"></script>
  <room-picker><em slot="room-talk">Bring tea</em></room-picker>
  <script>
    self.shifts = [];
    new PerformanceObserver(list => {
      for (const {value, hadRecentInput} of list.getEntries()) if (!hadRecentInput) shifts.push(value);
    }).observe({type: 'layout-shift', buffered: true});
    const description = 'On the second floor, next to the library, where there is tea';
    self.held = ['Lobby', 'Talk', 'Class'].map(name => ({
      room_id: name.toLowerCase(),
      name,
      isRoomActive: name === 'Talk',
      settings: {description},
    }));
    document.querySelector('room-picker').rooms = {list: async () => structuredClone(held), now: () => Date.now()};
  </script>`;

describe('the plain list of <room-picker>', {timeout: 60_000}, () => {
  const site = useSite();

  /** Opens a page, and answers its request for the file with everything but the plain list by `answer`. */
  async function open(answer: (route: Route) => unknown, width = 1280) {
    const {page, complaints} = await site.open('');
    await page.setViewportSize({width, height: 720});
    await page.route('**/picker-parts.js', answer);
    await page.setContent(PAGE);
    await page.getByRole('option').first().waitFor();
    return {page, complaints};
  }

  const names = (page: Page) => page.locator('[part=name]').allTextContents();
  const chosen = (page: Page) =>
    page.evaluate(() => {
      const {shadowRoot, value} = document.querySelector('room-picker')!;
      return [value, shadowRoot!.querySelector('[aria-selected=true]')?.id];
    });

  it('has all rooms, which one chooses by click and keyboard, if the file is missing', async () => {
    const {page, complaints} = await open(route => route.fulfill({status: 404}));
    assert.deepEqual(await names(page), ['Lobby', 'Talk', 'Class']);
    await page.getByText('Bring tea').click();
    assert.deepEqual(await chosen(page), ['talk', 'room-talk']);
    await page.keyboard.press('ArrowDown');
    await page.locator('[role=option][aria-posinset="3"][aria-setsize="3"]').waitFor();
    await page.keyboard.press('Enter');
    assert.deepEqual(await chosen(page), ['class', 'room-class']);
    assert.equal(complaints.filter(text => /cannot load one of its files/.test(text)).length, 1);
  });

  it('shows what it loads again, nothing and a failure, if the file is missing', async () => {
    const {page} = await open(route => route.fulfill({status: 404}));
    const reload = (names: string[]) =>
      page.evaluate(async names => {
        (window as unknown as Held).held = names.map(name => ({room_id: name, name, settings: {}}));
        await document.querySelector('room-picker')!.reload({quiet: true});
      }, names);
    await reload(['Hall', 'Lobby']);
    await page.getByRole('option', {name: 'Hall'}).waitFor();
    assert.deepEqual(await names(page), ['Hall', 'Lobby']);
    await reload([]);
    await page.getByRole('group', {name: 'Rooms'}).getByText('There are no rooms yet.').waitFor();
    await reload(['Hall']);
    await page.getByRole('option', {name: 'Hall'}).waitFor();
    await page.evaluate(() => {
      const picker = document.querySelector('room-picker')!;
      picker.rooms!.list = () => Promise.reject(new Error('no'));
      void picker.reload();
    });
    await page.getByRole('button', {name: 'Try again'}).waitFor();
  });

  it('becomes the whole one when the file is late, and its rows stay in place', async () => {
    let send!: () => void;
    const sent = new Promise<void>(resolve => (send = resolve));
    const {page} = await open(async route => (await sent, route.continue()));
    await page.getByRole('option', {name: 'Class'}).click();
    const places = () =>
      page.locator('[role=option]').evaluateAll(rows => rows.map(row => row.getBoundingClientRect().y));
    const before = await places();
    await page.evaluate(() => {
      const self = window as unknown as Held;
      self.rows = [...document.querySelector('room-picker')!.shadowRoot!.querySelectorAll('[role=option]')];
    });
    send();
    await page.locator('[data-lamp=live]').getByText('Live now').waitFor();
    assert.deepEqual(await names(page), ['Lobby', 'Talk', 'Class']);
    assert.deepEqual(await places(), before);
    assert.deepEqual(await chosen(page), ['class', 'room-class']);
    const stay = await page.evaluate(() => (window as unknown as Held).rows.every(row => row.isConnected));
    assert.deepEqual([stay, await page.evaluate(() => (window as unknown as Held).shifts)], [true, []]);
    // Sorted when nobody looks.
    await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
    await page.getByRole('group', {name: 'Live now'}).waitFor();
    assert.deepEqual(await names(page), ['Talk', 'Lobby', 'Class']);
    assert.deepEqual(await chosen(page), ['class', 'room-class']);
  });

  for (const width of [1280, 440, 320]) {
    it(`keeps the height of each row when the file is late, ${width} px wide`, async () => {
      let send!: () => void;
      const sent = new Promise<void>(resolve => (send = resolve));
      const {page} = await open(async route => (await sent, route.continue()), width);
      await page.evaluate(async () => {
        // Some names and descriptions have just enough room in their lines.
        (window as unknown as Held).held = Array.from({length: 24}, (_, at) => ({
          room_id: `r${at}`,
          name: 'Meeting of the committee for outings and celebrations'.slice(0, 9 + ((7 * at) % 44)),
          isRoomActive: at % 5 === 0,
          settings: {
            description: 'Somebody from the team is here. One question at a time, please.'.slice(
              0,
              34 + ((5 * at) % 30),
            ),
          },
        }));
        await document.querySelector('room-picker')!.reload();
      });
      await page.locator('#room-r23').waitFor();
      const before = await page.evaluate(() => (window as unknown as Held).shifts.splice(0).length);
      send();
      await page.locator('#room-r23[data-lamp]').waitFor();
      await page.evaluate(() => new Promise(requestAnimationFrame));
      assert.deepEqual([before, await page.evaluate(() => (window as unknown as Held).shifts)], [0, []]);
    });
  }
});
