// What the pages do that a server rendered with a framework, and that a browser has taken over.
import assert from 'node:assert/strict';
import type {Page} from 'playwright-core';

/** Script of the page: `log` notes events in `window.told`. */
export const LOG = `
  window.told = [];
  const log = event => told.push(event.type + ': ' + (event.detail.token ? 'token' : event.detail.room.name));
`;

/**
 * Waits for `window.hydrated`. Then a visitor chooses the Lobby and joins, and the page has heard of it, with the `data` of
 * the button. `html` is what the server rendered: `#app` still has it. The browser complains of nothing.
 */
export async function checkHydrated({page, complaints}: {page: Page; complaints: string[]}, html?: string) {
  await page.waitForFunction('window.hydrated');
  await page.getByRole('option', {name: 'Lobby'}).click();
  await page.getByRole('button', {name: 'Join'}).click();
  await page.waitForFunction('told.length === 3');
  assert.deepEqual(await page.evaluate('told'), ['room-select: Lobby', 'room-join: Lobby', 'room-token: token']);
  assert.deepEqual(await page.evaluate(`document.querySelector('join-button').data`), {seat: 1});
  if (html !== undefined) assert.equal(await page.evaluate(`document.querySelector('#app').innerHTML`), html);
  assert.deepEqual(complaints, []);
}
