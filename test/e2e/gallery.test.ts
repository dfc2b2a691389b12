import assert from 'node:assert/strict';
import {after, before, describe, it} from 'node:test';
import type {Page} from 'playwright-core';
import {barriers, overhang, Theatre} from './demo.js';
import {go, look, openGallery, statesOf, turn, unseenFocus} from './gallery.js';

describe('the gallery', {timeout: 240_000}, () => {
  const theatre = new Theatre();
  let page: Page;
  let states: string[];
  before(async () => {
    await theatre.open();
    page = await openGallery(theatre);
    states = await statesOf(page);
  });
  after(() => theatre.close());

  /** What is found wrong in any state, by state; what jumps on the way there too. */
  async function inEveryState(find: () => Promise<string[]>) {
    const wrong: Record<string, string[]> = {};
    for (const state of states) {
      await go(page, state);
      const found = await find();
      // What a visitor opens moves what is below it.
      if (await page.locator('room-editor details[open]').count()) theatre.forgive(/jumped/);
      found.push(...theatre.problems.splice(0));
      if (found.length) wrong[state] = found;
    }
    return wrong;
  }

  it('has a link to every state of every element', () => {
    const count = (element: string) => states.filter(state => state.startsWith(`${element}/`)).length;
    for (const element of ['room-picker', 'join-button', 'room-editor', 'room-users']) assert.ok(count(element) > 10);
    assert.equal(new Set(states).size, states.length);
  });

  for (const scheme of ['light', 'dark']) {
    it(`keeps nobody out, can be read and moves nothing in any state, ${scheme}`, async () => {
      await turn(page, {scheme});
      assert.deepEqual(await barriers(page), []);
      assert.deepEqual(
        await inEveryState(async () => [...(await barriers(page, '#stage')), ...(await look(page)).weak]),
        {},
      );
    });
  }

  for (const knobs of [{lang: 'ar'}, {lang: 'de', density: '0.75'}]) {
    it(`fits 320 pixels, as at a zoom of 400 %, and is hit easily, lang=${knobs.lang}`, async () => {
      await page.setViewportSize({width: 320, height: 640});
      await turn(page, knobs);
      const beyond = async () => {
        const pixels = await overhang(page);
        return pixels ? [`${pixels} pixels beyond the edge`] : [];
      };
      assert.deepEqual(await inEveryState(async () => [...(await beyond()), ...(await look(page)).small]), {});
    });
  }

  it('shows every control and the focus in forced colours', async () => {
    await page.setViewportSize({width: 1280, height: 800});
    await page.emulateMedia({forcedColors: 'active'});
    await turn(page, {});
    assert.deepEqual(
      await inEveryState(async () => {
        const {weak, edgeless} = await look(page);
        return [...weak, ...edgeless.map(each => `${each} has no edge`)];
      }),
      {},
    );
    for (const state of ['room-picker/chosen', 'join-button/idle', 'room-editor/change-open', 'room-users/many']) {
      await go(page, state);
      assert.deepEqual(await unseenFocus(page), [], state);
    }
    await page.emulateMedia({forcedColors: 'none'});
  });

  it('opens by itself what was waited for, and moves nothing', async () => {
    theatre.problems.splice(0);
    await go(page, 'join-button/opening');
    await page.locator('join-button [role=status]:text-is("The room is open now.")').waitFor();
    await go(page, 'room-editor/wrong');
    // What was opened has moved what is below; from now on nothing does.
    await page.evaluate(() => new Promise(done => requestAnimationFrame(() => setTimeout(done))));
    theatre.forgive(/jumped/);
    await page.getByRole('textbox', {name: 'Participants'}).fill('12');
    await page.getByRole('textbox', {name: 'Name'}).fill('Reading circle');
    await page.locator('room-editor').getByRole('status').waitFor();
    assert.deepEqual(theatre.problems, []);
  });

  it('says in one sentence what a link that leads nowhere shows', async () => {
    await page.goto(`${theatre.demo.url}gallery.html?scheme=dark&lang=ja#nothing/there`);
    await page.getByRole('heading', {name: 'Rooms', exact: true}).waitFor();
    assert.equal(await page.getByRole('combobox', {name: 'Language'}).inputValue(), 'ja');
    await page.locator('room-picker').getByRole('searchbox', {name: 'ルームを検索'}).waitFor();
  });
});
