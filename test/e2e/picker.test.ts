import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {describe, it} from 'node:test';
import type {Page} from 'playwright-core';
import type {RoomPicker} from '../../src/elements/room-picker.js';
import type {Room, Rooms} from '../../src/rooms/rooms.js';
import {useSite} from '../helpers/e2e/embed.js';

/** What the page offers to the tests. */
interface Held extends Window {
  held: Room[];
  shifts: string[];
  frame: () => Promise<void>;
  inside: (selector: string) => HTMLElement | null;
  countRows: () => number;
}

describe('<room-picker> with many rooms', {timeout: 170_000}, () => {
  // With accessibility forced on; otherwise the tree omits rows skipped by content-visibility.
  const site = useSite({args: ['--force-renderer-accessibility=screen-reader']});

  /** Opens a page with a picker of `count` rooms, every 20th live, and waits until all are in the page. */
  async function show(count: number) {
    const {page, complaints} = await site.open(`<script src="/dist/greenroom.min.js"></script>
      <form><room-picker name="room"></room-picker></form>
      <script>
        self.frame = () => new Promise(requestAnimationFrame);
        self.inside = selector => document.querySelector('room-picker').shadowRoot?.querySelector(selector);
        self.countRows = () => document.querySelector('room-picker').shadowRoot.querySelectorAll('[role=option]').length;
        self.shifts = [];
        new PerformanceObserver(list => {
          for (const {value, hadRecentInput, sources} of list.getEntries()) {
            const told = ({x, y, width, height}) => [x, y, width, height].map(Math.round).join();
            const moved = sources.map(({previousRect, currentRect}) => told(previousRect) + ' to ' + told(currentRect));
            if (!hadRecentInput) shifts.push(value + ': ' + moved.join('; '));
          }
        }).observe({type: 'layout-shift', buffered: true});
        const description = 'Every day';
        self.held = Array.from({length: ${count}}, (_, at) => ({
          room_id: 'r' + at,
          name: 'Room ' + at,
          isRoomActive: at % 20 === 0,
          settings: {description},
        }));
        document.querySelector('room-picker').rooms = {list: async () => structuredClone(held), now: () => Date.now()};
      </script>`);
    await all(page, count);
    return {page, complaints};
  }

  const all = (page: Page, count: number) =>
    page.waitForFunction(count => (window as unknown as Held).countRows() === count, count);

  it('prints all rooms, not only those in sight', async () => {
    const {page} = await show(100);
    await page.emulateMedia({media: 'print'});
    const {hidden, height} = await page.getByRole('listbox').evaluate(list => ({
      hidden: list.scrollHeight - list.clientHeight,
      height: list.clientHeight,
    }));
    assert.equal(hidden, 0);
    assert.ok(height > 100 * 24, `${height} px`);
  });

  it('is searchable by the browser’s own search, up to the last of 10,000 rooms', async () => {
    const {page} = await show(10_000);
    await page.getByRole('listbox').focus();
    const found = await page.evaluate(() => {
      const {inside} = window as unknown as Held;
      const {find} = window as unknown as {find: (text: string) => boolean};
      // The small headless Chromium has no search; there the rows must have nothing that hides them from a search.
      if (!find('Room 0')) {
        const chunks = [...inside('ul')!.querySelectorAll('[part=rows]')];
        return chunks.every(chunk => getComputedStyle(chunk).contentVisibility !== 'hidden');
      }
      return find('Room 9999');
    });
    assert.ok(found);
  });

  it('is printed with all rooms', async () => {
    const {page} = await show(1000);
    const sheets = (await page.pdf()).toString('latin1').match(/\/Type \/Page\b/g)!.length;
    // About twenty rows on each page.
    assert.ok(sheets > 40 && sheets < 80, `${sheets} sheets`);
  });

  it('gives a screen reader every one of 10,000 rooms, and the position of the active one', async () => {
    const {page} = await show(10_000);
    const session = await page.context().newCDPSession(page);
    const {nodes} = await session.send('Accessibility.getFullAXTree');
    const options = nodes.filter(({role, ignored}) => !ignored && role?.value === 'option');
    const names = options.map(({name}) => name!.value as string);
    assert.equal(names.length, 10_000);
    assert.ok(names.every(name => /^Room \d+( Live now)? Every day$/.test(name)));

    await page.getByRole('listbox').focus();
    await page.keyboard.press('End');
    const last = page.getByRole('option', {name: 'Room 9999'}).and(page.locator('[aria-posinset="10000"]'));
    await last.waitFor();
    assert.equal(await last.getAttribute('aria-setsize'), '10000');
  });

  it('moves to the last room at once before the others are drawn, and draws no others for it', async () => {
    const {page} = await show(10_000);
    const drawn = await page.evaluate(async () => {
      const {frame, inside, countRows} = window as unknown as Held;
      const picker = document.querySelector('room-picker')!;
      const fresh = document.createElement('room-picker') as RoomPicker;
      fresh.rooms = picker.rooms;
      picker.replaceWith(fresh);
      // Until the element has processed all rooms.
      while ((inside('ul')?.scrollHeight ?? 0) < 100_000) await frame();
      const before = countRows();
      inside('ul')!.dispatchEvent(new KeyboardEvent('keydown', {key: 'End'}));
      await fresh.updateComplete;
      const {bottom} = inside('#room-r9999')!.getBoundingClientRect();
      const isIn = bottom <= inside('ul')!.getBoundingClientRect().bottom + 1;
      return {isIn, before, more: countRows() - before};
    });
    assert.ok(drawn.isIn);
    assert.ok(drawn.before < 5000 && drawn.more <= 100, JSON.stringify(drawn));
  });

  it('moves nothing while it loads, is searched, loads again and its rooms go live', async () => {
    const {page} = await show(3000);
    await page.getByRole('searchbox').pressSequentially('room 1', {delay: 30});
    await page.getByRole('option', {name: 'Room 1', exact: false}).first().waitFor();
    await page.getByRole('searchbox').fill('');
    await all(page, 3000);
    // Movement within half a second after typing does not count as a layout shift.
    await page.waitForTimeout(700);
    await page.evaluate(async () => {
      const held = (window as unknown as Held).held;
      const picker = document.querySelector('room-picker')!;
      await picker.reload({quiet: true});
      for (const room of held.slice(0, 200)) room.isRoomActive = !room.isRoomActive;
      held[20]!.name = 'A room whose name is longer than all that is left for it in its line '.repeat(3);
      held[40]!.settings.description = 'And a description that goes on and on. '.repeat(10);
      held.splice(60, 1);
      held.push({room_id: 'new', name: 'New', settings: {}});
      await picker.reload({quiet: true});
      await new Promise(done => setTimeout(done, 500));
    });
    await page.getByRole('option', {name: 'Room 0 Open'}).waitFor();
    assert.deepEqual(await page.evaluate(() => (window as unknown as Held).shifts), []);
  });

  it('moves nothing under a person who is at the list before it is known whether a search field comes', async () => {
    const {page} = await show(0);
    await page.evaluate(() => {
      const rooms = Array.from({length: 20}, (_, at) => ({room_id: `s${at}`, name: `Slow ${at}`, settings: {}}));
      document.querySelector('room-picker')!.rooms = {
        async list() {
          await new Promise(done => addEventListener('come', done));
          return rooms;
        },
        now() {
          return Date.now();
        },
      } as unknown as Rooms;
    });
    const list = page.getByRole('listbox');
    await page.keyboard.press('Tab');
    await page.waitForFunction(() => (window as unknown as Held).inside('ul:focus-visible + .bones'));
    const ring = await page.locator('room-picker .bones').evaluate(bones => getComputedStyle(bones).outlineStyle);
    assert.equal(ring, 'solid');
    // Movement within half a second after a key does not count as a layout shift.
    await page.waitForTimeout(700);
    await page.evaluate(() => dispatchEvent(new Event('come')));
    await page.getByRole('searchbox').waitFor();
    await list.getByRole('option', {name: 'Slow 19'}).waitFor();
    await page.evaluate(() => (window as unknown as Held).frame());
    assert.deepEqual(await page.evaluate(() => (window as unknown as Held).shifts), []);
  });

  it('has what its rows need in one file, so that the first list waits for one round trip', () => {
    const files = readdirSync('dist', {recursive: true, encoding: 'utf8'});
    const path = files.find(path => /^greenroom-.*picker-parts\.js$/.test(path));
    assert.doesNotMatch(readFileSync(`dist/${path}`, 'utf8'), /\b(from|import)"/);
  });

  it('keeps the chosen room when the visitor returns to the page', async () => {
    const {page} = await show(50);
    await page.getByRole('option', {name: 'Room 20'}).click();
    const {href} = new URL(page.url());
    await page.goto('about:blank');
    await page.goBack();
    assert.equal(page.url(), href);
    await all(page, 50);
    await page.waitForFunction(() => document.querySelector('room-picker')!.value === 'r20');
    await page.locator('room-picker [aria-selected=true]:has-text("Room 20")').waitFor();
  });
});
