// Elements that a page has put into a window of its own, which is then closed.
import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {useSite} from '../helpers/e2e/embed.js';

const PAGE = `<script src="/dist/greenroom.min.js" defer></script>
  <main></main>
  <script>
    const running = new Set();
    const native = {set: setInterval, clear: clearInterval};
    window.setInterval = (...given) => {
      const timer = native.set.apply(window, given);
      running.add(timer);
      return timer;
    };
    window.clearInterval = timer => (running.delete(timer), native.clear.call(window, timer));
    let picker, button;
    // Elements that are made before the script has come are plain in another window.
    const bring = page => {
      if (!picker) {
        picker = Object.assign(document.createElement('room-picker'), {id: 'rooms', refresh: 5});
        button = Object.assign(document.createElement('join-button'), {for: 'rooms', userName: 'Ann'});
        for (const each of [picker, button]) each.endpoint = location.origin + '/api';
      }
      page.append(picker, button);
    };
    document.addEventListener('room-token', ({detail}) => void detail.token);
  </script>`;

/** The names that the script in the page declares. */
declare const picker: HTMLElement;
declare const running: Set<number>;
declare const bring: (page: Element) => void;

describe('a window that is closed while it holds elements', () => {
  const site = useSite();

  for (const who of ['the page', 'the visitor']) {
    it(`by ${who}: nothing goes on, nothing throws, and back in the page they work`, async () => {
      const {page, complaints} = await site.open(PAGE);
      const opening = page.waitForEvent('popup');
      await page.evaluate(() => {
        const popup = window.open('', 'greenroom', 'popup,width=400,height=500')!;
        Object.assign(globalThis, {popup});
        bring(popup.document.body);
      });
      const popup = await opening;
      popup.on('pageerror', error => complaints.push(String(error)));
      await popup.getByRole('option', {name: 'Lobby'}).click();
      assert.ok(await page.evaluate(() => running.size > 0), 'It loads again every few seconds.');

      if (who === 'the visitor') await popup.close();
      else await page.evaluate(() => (globalThis as unknown as {popup: Window}).popup.close());
      await page.waitForFunction(() => !picker.isConnected && running.size === 0);

      await page.evaluate(() => bring(document.querySelector('main')!));
      await page.getByRole('option', {name: 'Lobby', selected: true}).waitFor();
      // By the keyboard: after the click on the room, a click so soon could be the second one of a double click.
      await page.getByRole('button', {name: 'Join'}).press('Enter');
      await page.getByText('You are on your way in.').waitFor();
      assert.deepEqual(complaints, []);
    });
  }
});
