import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import type {Page} from 'playwright-core';
import {overhang, sees, until, useTheatre} from '../helpers/e2e/demo.js';
import {count, remains} from '../helpers/e2e/remains.js';

const ROOM = 'Coffee corner';

/** The button that goes on, wherever the visitor is. */
const next = (page: Page) =>
  page.locator('green-room').locator('[part=ready]:visible, join-button [part=button]:visible');

async function ready(page: Page, name: string) {
  await page
    .locator('green-room')
    .getByRole('option', {name: new RegExp(`^${ROOM}`)})
    .click();
  await next(page).click();
  await page.getByLabel('Your name').fill(name);
  await page.keyboard.press('Tab');
}

describe('the whole way in', {timeout: 170_000}, () => {
  const theatre = useTheatre();
  const open = async (name: string, options = {}) => {
    const page = await theatre.page(name, {...options});
    await page.goto(theatre.demo.url);
    return page;
  };

  it('shows Join without scrolling on a desk, and nothing hangs over on a small phone', async () => {
    const page = await open('Ada');
    await page.locator('green-room').getByRole('option').first().waitFor();
    const {y, height} = (await next(page).boundingBox())!;
    assert.ok(y + height < 800, String(y + height));
    const phone = await open('Bruno', {width: 320});
    await ready(phone, 'Bruno');
    assert.equal(await overhang(phone), 0);
  });

  it('fits 320 px with text of 200 %', async () => {
    const page = await open('Ada', {width: 320});
    await page.evaluate(() => (document.documentElement.style.fontSize = '200%'));
    for (const tab of ['Join', 'Manage']) {
      await page.getByRole('tab', {name: tab}).click();
      assert.equal(await overhang(page), 0, tab);
    }
    // Everything below moves when text grows.
    theatre.forgive(/jumped/);
  });

  it('leads two people from the list to a call, in which each sees the other move, out of it, in again, and back', async () => {
    const [ada, bruno] = await Promise.all(
      ['Ada', 'Bruno'].map(async name => {
        const page = await theatre.page(name);
        await count(page);
        await page.goto(theatre.demo.url);
        await ready(page, name);
        await page.locator('pre-join [part=start]').click();
        await page.locator('pre-join [part=camera]:not(.off)').waitFor();
        return page;
      }),
    );
    const pages = [ada!, bruno!];
    for (const page of pages) {
      await next(page).click();
      await page.locator('room-stage').getByRole('heading', {name: ROOM}).waitFor();
    }
    const seeEachOther = () => Promise.all([sees(ada!, 'Bruno'), sees(bruno!, 'Ada')]);
    await seeEachOther();
    assert.deepEqual(await theatre.namesIn(ROOM), ['Ada', 'Bruno']);
    const carla = await open('Carla');
    await carla.getByRole('option', {name: new RegExp(`^${ROOM} 2 `)}).waitFor();

    await ada!.locator('room-stage').getByRole('button', {name: 'Mute', exact: true}).click();
    await ada!.locator('room-stage').getByRole('button', {name: 'Unmute'}).waitFor();
    await ada!.locator('room-stage').getByRole('button', {name: 'Leave'}).click();
    await ada!.getByRole('heading', {name: 'You left the room.'}).waitFor();
    await until(async () => (await remains(ada!)).tracks === 0);
    // Ada comes back as she was: seen, and muted.
    await next(ada!).click();
    await seeEachOther();
    await ada!.locator('room-stage').getByRole('button', {name: 'Unmute'}).waitFor();

    for (const page of pages) {
      await page.locator('room-stage').getByRole('button', {name: 'Leave'}).click();
      await page.getByRole('heading', {name: 'You left the room.'}).waitFor();
      await page.locator('green-room').getByRole('button', {name: 'All rooms'}).click();
      await page
        .locator('green-room')
        .getByRole('option', {name: new RegExp(`^${ROOM}`)})
        .waitFor();
      // Those for managing, too, so that no listener is theirs.
      await page.evaluate(() => document.querySelectorAll('body *').forEach(each => each.shadowRoot && each.remove()));
      const nothing = {tracks: 0, contexts: 0, connections: 0, listeners: []};
      await until(async () => JSON.stringify(await remains(page)) === JSON.stringify(nothing)).catch(async () =>
        assert.deepEqual(await remains(page), nothing),
      );
    }
    assert.deepEqual(await theatre.namesIn(ROOM), []);
  });

  it('keeps the room in the address: a link leads to it, a reload keeps the name, and Back leads out of the call', async () => {
    const page = await open('Ada');
    await ready(page, 'Ada');
    assert.match(page.url(), new RegExp(`\\?room=${await theatre.idOf(ROOM)}$`));
    await page.reload();
    await page.getByRole('heading', {name: ROOM}).waitFor();
    assert.equal(await page.getByLabel('Your name').inputValue(), 'Ada');
    await next(page).click();
    await page.locator('green-room').locator('.at-call').waitFor();
    await page.waitForFunction(() =>
      document.querySelector('green-room')!.shadowRoot!.querySelector('room-stage')!.shadowRoot!.querySelector('video'),
    );
    await page.goBack();
    await page.locator('green-room').locator('.at-prepare').waitFor();
    const deadline = Date.now() + 20_000;
    while ((await theatre.namesIn(ROOM)).length) assert.ok(Date.now() < deadline, 'The seat is free.');
  });
});
