import assert from 'node:assert/strict';
import {existsSync, readFileSync} from 'node:fs';
import {after, before, describe, it} from 'node:test';
import {chromium, type Browser} from 'playwright-core';
import {playwrightLaunchOptions} from '../browsers/chrome.mjs';

describe('the script in a page', () => {
  let browser: Browser;
  before(async () => (browser = await chromium.launch(await playwrightLaunchOptions())));
  after(() => browser.close());

  /**
   * A page with the built script; `asked` has the paths of the files that it requests, and `warned` what its console shows.
   *
   * @param missing - Files that the page's server does not have.
   * @param silent - Files whose requests it never answers.
   */
  async function open(body: string, missing = /^$/, silent = /^$/) {
    const page = await browser.newPage();
    if (silent.source !== '^$') await page.clock.install();
    const asked: string[] = [];
    const warned: string[] = [];
    page.on('console', message => message.type() === 'warning' && warned.push(message.text()));
    await page.route('https://page.example/**', route => {
      const {pathname} = new URL(route.request().url());
      if (pathname === '/') {
        const script = '<script src="dist/greenroom.min.js"></script>';
        return route.fulfill({contentType: 'text/html', body: `<!doctype html><html lang="en">${script}${body}`});
      }
      asked.push(pathname);
      const path = pathname.slice(1);
      if (silent.test(path)) return undefined;
      if (!existsSync(path) || missing.test(path)) return route.fulfill({status: 404});
      return route.fulfill({contentType: 'text/javascript', body: readFileSync(path)});
    });
    await page.goto('https://page.example/');
    return {page, asked, warned};
  }
  const hasEditor = (asked: string[]) => asked.some(path => path.includes('room-editor'));

  it('loads the room editor when a page adds one, and keeps the properties set before', async () => {
    const {page, asked} = await open('<join-button></join-button>');
    await page.getByRole('button', {name: 'Join'}).waitFor();
    assert.equal(hasEditor(asked), false);
    await page.evaluate(`{
      const editor = document.createElement('room-editor');
      const lobby = {room_id: 'lobby', name: 'Lobby', settings: {}};
      Object.assign(editor, {roomId: 'lobby', rooms: {get: async () => lobby}});
      document.body.append(editor);
    }`);
    await page.getByRole('textbox', {name: 'Name'}).waitFor();
    assert.equal(hasEditor(asked), true);
    await page.waitForFunction(() => {
      const [input] = document.querySelector('room-editor')?.shadowRoot?.querySelectorAll('input') ?? [];
      return input?.value === 'Lobby';
    });
    await page.close();
  });

  it('loads it for a page that has one from the start', async () => {
    const {page, asked} = await open('<room-editor endpoint="/proxy"></room-editor>');
    await page.getByRole('button', {name: 'Create room'}).waitFor();
    assert.equal(hasEditor(asked), true);
    await page.close();
  });

  it('loads what opens devices when a person turns one on, and does without if it is missing', async () => {
    const {page, asked, warned} = await open('<pre-join user-name="Ann"></pre-join>', /devices\.js/);
    const tries = () => asked.filter(path => path.includes('devices')).length;
    const start = page.getByRole('button', {name: 'Turn on camera and microphone'});
    await start.waitFor();
    assert.equal(tries(), 0);
    await start.click();
    await page.locator('pre-join .tools:not(:has([aria-busy=true]))').waitFor();
    await start.click();
    await page.getByRole('button', {name: 'Play a sound'}).click();
    await page.locator('pre-join [role=status]').getByText('You can also join without').waitFor();
    assert.equal(tries() > 0, true);
    assert.equal(warned.length, 1, warned.join('\n'));
    assert.match(warned[0]!, /Greenroom cannot load one of its files/);
    assert.equal(await page.evaluate("document.querySelector('pre-join').reportValidity()"), true);
    await page.close();
  });

  it('gives up on a file that a press needs after ten seconds, and can be pressed again', async () => {
    const {page, warned} = await open(
      '<pre-join user-name="Ann"></pre-join><join-button></join-button>',
      /^$/,
      /devices|name-field/,
    );
    await page.evaluate(`{
      const rooms = {get: async room_id => ({room_id, name: 'Lobby', settings: {}}), now: () => Date.now()};
      Object.assign(document.querySelector('join-button'), {rooms, roomId: 'lobby'});
    }`);
    const busy = page.locator('[aria-busy=true]');
    await page.getByRole('button', {name: 'Turn on camera and microphone'}).click();
    await page.getByRole('button', {name: 'Join'}).click();
    await page.waitForFunction('document.querySelector("join-button").matches(":state(busy)")');
    assert.equal(await busy.count(), 3);
    await page.clock.runFor(5_000);
    assert.equal(await busy.count(), 3);
    await page.clock.runFor(6_000);
    await page.locator('join-button [part=status]').getByText('The rooms cannot be reached.').waitFor();
    await busy.first().waitFor({state: 'detached'});
    assert.equal(await busy.count(), 0);
    assert.match(warned[0]!, /Greenroom cannot load one of its files/);
    assert.equal(await page.evaluate("document.querySelector('pre-join').reportValidity()"), true);
    await page.close();
  });
});
