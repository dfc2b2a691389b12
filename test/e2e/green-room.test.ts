import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import type {Page} from 'playwright-core';
import {overhang, useTheatre} from '../helpers/e2e/demo.js';

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
