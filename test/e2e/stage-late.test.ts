import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import type {Page} from 'playwright-core';
import {useSite} from '../helpers/e2e/embed.js';

const SCRIPT = '<script src="/dist/greenroom.min.js"></script>';

/** Makes the wait for a reader of the token short, and counts how often it is over. */
function hurry() {
  const page = window as unknown as {waits: number};
  page.waits = 0;
  const later = window.setTimeout.bind(window);
  window.setTimeout = ((work: () => void, ms?: number) => {
    if (ms !== 5000) return later(work, ms);
    return later(() => (page.waits++, work()), 50);
  }) as typeof setTimeout;
}

describe('a person who is faster than the stage is loaded', () => {
  const site = useSite();

  /** Opens a page whose stage is not loaded before `release` is called. */
  async function open(html: string) {
    let release = () => {};
    const gate = new Promise<void>(resolve => (release = resolve));
    const opened = await site.open('', {init: hurry});
    const {page} = opened;
    await page.route('**/room-stage.js', async route => {
      await gate;
      await route.continue();
    });
    site.serve('/late', `<!doctype html><html lang="en"><title>Shop</title>${SCRIPT}${html}`);
    await page.goto(`${site.origin}/late`);
    return {...opened, release};
  }

  async function join({page, release, complaints}: {page: Page; release: () => void; complaints: string[]}, said = '') {
    await page.getByRole('button', {name: 'Join', exact: true}).click();
    await page.waitForFunction(() => document.title === 'Token for Lobby');
    // It is on its way, so nobody is told that nobody takes the token.
    await page.waitForFunction(() => (window as unknown as {waits: number}).waits > 2);
    assert.deepEqual(
      complaints.filter(each => /token/.test(each)),
      [],
    );
    if (said) await page.getByText(said).waitFor();
    const isIn = page.evaluate(
      () => new Promise(resolve => document.addEventListener('stage-joined', () => resolve(document.title))),
    );
    release();
    await isIn;
    await page.locator('room-stage').getByRole('heading', {name: 'Lobby'}).waitFor();
  }

  it('is in a moment later, in a page with a button and a stage', async () => {
    const button = `<join-button id="j" endpoint="/api" room-id="${site.roomId}" user-name="Ann"></join-button>`;
    await join(await open(`${button}<room-stage for="j"></room-stage>`));
  });

  it('is in a moment later, in a page with <green-room>, which says so meanwhile', async () => {
    const opened = await open(
      `<green-room endpoint="/api" room-id="${site.roomId}" user-name="Ann" no-prejoin></green-room>`,
    );
    await join(opened, 'Going into Lobby…');
  });
});
