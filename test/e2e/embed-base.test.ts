import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {before, describe, it} from 'node:test';
import type {Page} from 'playwright-core';
import {join, useSite} from '../helpers/e2e/embed.js';

const TAGS =
  '<room-picker id="rooms" endpoint="/api"></room-picker><join-button for="rooms" user-name="Ann"></join-button>';
/** Of another language, and an element that is loaded on demand. */
const MORE = '<section lang="de"><room-editor endpoint="/api"></room-editor></section>';
const JOINED = '<script src="/cache/all.js" defer></script>';

describe('a script that an optimiser put together with others', () => {
  const site = useSite();

  before(() => {
    const script = readFileSync('dist/greenroom.min.js', 'utf8');
    const before = 'var first = 1;\n';
    const after = '\n;var last = 1;';
    site.serve('/cache/all.js', before + script + after, {'content-type': 'text/javascript'});
  });

  const german = (page: Page) => page.locator('section').getByRole('textbox', {name: 'Name'}).waitFor();

  it('works in English, and one warning says which file is missing and what to do', async () => {
    const {page, complaints} = await site.open(`${JOINED}${TAGS}${MORE}<p lang="fr"></p>`);
    await join(page);
    const warnings = () => complaints.filter(text => !text.includes('404'));
    while (!warnings().length) await page.evaluate('new Promise(requestAnimationFrame)');
    await page.evaluate(() => Greenroom.render(document.querySelector('p')!, {element: 'room-users'}));
    await page.waitForLoadState('networkidle');
    assert.equal(warnings().length, 1, warnings().join('\n'));
    assert.match(warnings()[0]!, /Greenroom cannot load one of its files.*data-base.*\/cache\/greenroom-/s);
    assert.equal(await page.getByRole('button', {name: 'Join'}).count(), 1);
  });

  it('says without the files that something failed, and that one has to wait', async () => {
    const {page} = await site.open(
      `${JOINED}<join-button id="a" endpoint="/nothing" room-id="Lobby"></join-button><join-button id="b"></join-button>`,
    );
    await page.locator('#a').getByText('Something went wrong. Try again.').waitFor();
    await page.evaluate(`{
      const scheduled_time = new Date(Date.now() + 3_600_000).toISOString().replace('T', ' ').slice(0, 19);
      const settings = {scheduled: true, scheduled_time, duration: 30};
      const rooms = {get: async room_id => ({room_id, name: 'Later', settings})};
      Object.assign(document.querySelector('#b'), {rooms, roomId: 'later'});
    }`);
    await page.locator('#b').getByText('You can join as soon as the room opens.').waitFor();
  });

  for (const [what, head] of [
    ['an attribute of the script', '<script src="/cache/all.js" data-base="/dist" defer></script>'],
    ['an attribute with a slash at its end', '<script src="/cache/all.js" data-base="dist/" defer></script>'],
    ['an attribute of a script in the page', '<script type="module" data-base="/dist">{script}</script>'],
    ['a whole address', '<script src="/cache/all.js" data-base="{origin}/dist/" defer></script>'],
    ['a global before the script', `<script>window.Greenroom = {base: '/dist/'};</script>${JOINED}`],
    ['a global with a queue', `<script>window.Greenroom ??= {q: []}; Greenroom.base = '/dist';</script>${JOINED}`],
    ['a meta tag', `<meta name="greenroom-base" content="/dist">${JOINED}`],
    ['a meta tag, for a script in the page', '<meta name="greenroom-base" content="/dist/"><script>{script}</script>'],
    [
      'a meta tag, for the module',
      '<meta name="greenroom-base" content="/dist"><script type="module" src="/cache/all.mjs"></script>',
    ],
  ] as const) {
    it(`loads its other files from the folder that is named by ${what}`, async () => {
      const script = readFileSync('dist/greenroom.min.js', 'utf8');
      site.serve('/cache/all.mjs', readFileSync('dist/greenroom.min.mjs', 'utf8'), {'content-type': 'text/javascript'});
      const html = head.replace('{origin}', site.origin).replace('{script}', () => script);
      const {page, complaints} = await site.open(`${html}${TAGS}${MORE}`);
      await german(page);
      await page.getByRole('button', {name: 'Raum erstellen'}).waitFor();
      await join(page);
      assert.deepEqual(complaints, []);
    });
  }

  it('takes the folder also after it has run, for what is loaded then', async () => {
    const {page} = await site.open(`${JOINED}<main></main>`);
    await page.evaluate(html => {
      Greenroom.base = '/dist';
      document.querySelector('main')!.innerHTML = html;
    }, MORE);
    await page.getByRole('button', {name: 'Raum erstellen'}).waitFor();
  });

  it('stays beside the script when a router changes the base of the page', async () => {
    const {page, complaints} = await site.open('<script src="dist/greenroom.min.js"></script><main></main>');
    await page.evaluate(html => {
      document.head.append(Object.assign(document.createElement('base'), {href: '/shop/rooms/'}));
      document.querySelector('main')!.innerHTML = html;
    }, MORE);
    await page.getByRole('button', {name: 'Raum erstellen'}).waitFor();
    assert.deepEqual(complaints, []);
  });

  it('warns, and throws nothing, when the name of the folder is no address', async () => {
    const {page, complaints} = await site.open(
      `<script src="/cache/all.js" data-base="http://[" defer></script>${TAGS}${MORE}`,
    );
    await join(page);
    assert.deepEqual(
      complaints.map(text => /Greenroom cannot load one of its files/.test(text)),
      [true],
    );
  });
});
