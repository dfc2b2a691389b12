import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {after, afterEach, before, describe, it} from 'node:test';
import {chromium, type Browser} from 'playwright-core';
import {playwrightLaunchOptions} from '../browser.mjs';
import {join, startSite, type Site} from './embed.js';

const SCRIPT = '<script src="/dist/greenroom.min.js" defer></script>';
const TAGS =
  '<room-picker id="rooms" endpoint="/api"></room-picker><join-button for="rooms" user-name="Ann"></join-button>';

const {version} = JSON.parse(readFileSync('package.json', 'utf8')) as {version: string};

describe('a strict or hostile page', {timeout: 170_000}, () => {
  let browser: Browser;
  let site: Site;
  before(async () => {
    [browser, site] = await Promise.all([chromium.launch(await playwrightLaunchOptions()), startSite()]);
  });
  after(async () => {
    await browser.close();
    await site.close();
  });
  afterEach(() => Promise.all(browser.contexts().map(context => context.close())));

  const policy = (scripts: string, more = '') => ({
    'content-security-policy':
      `default-src 'none'; img-src data:; script-src ${scripts}; connect-src ${site.origin}; style-src 'none'; ` +
      `require-trusted-types-for 'script'; ${more}`,
  });
  const hashes = () => JSON.parse(readFileSync('dist/greenroom.integrity.json', 'utf8')) as Record<string, string>;

  for (const file of ['greenroom.min.js', 'greenroom.min.mjs']) {
    it(`reports no violation by ${file}, its words and elements on demand, from an allowed host`, async () => {
      const script = `<script ${file.endsWith('mjs') ? 'type="module"' : 'defer'} src="/dist/${file}"></script>`;
      const {page, complaints} = await site.open(
        browser,
        `${script}${TAGS}<div lang="de" data-greenroom="join-button"></div>
        <room-editor endpoint="/api"></room-editor><room-users endpoint="/api" room-id="${site.roomId}"></room-users>`,
        {headers: policy(site.origin, 'trusted-types greenroom;')},
      );
      await join(page);
      await page.getByRole('button', {name: 'Beitreten'}).waitFor();
      await page.getByRole('button', {name: 'Create room'}).waitFor();
      await page.waitForFunction(() => customElements.get('room-users'));
      assert.deepEqual(
        complaints.filter(text => !text.includes('403')),
        [],
      );
    });
  }

  it('reports no violation by its hash, with the folder of what it brings on demand', async () => {
    const hash = hashes()['greenroom.min.js']!;
    const {page, complaints} = await site.open(
      browser,
      `<script src="/dist/greenroom.min.js" integrity="${hash}" defer></script>${TAGS}
      <room-editor endpoint="/api"></room-editor>`,
      {headers: policy(`'${hash}' ${site.origin}/dist/greenroom-${version}/`)},
    );
    await join(page);
    await page.getByRole('button', {name: 'Create room'}).waitFor();
    assert.deepEqual(complaints, []);
  });

  it('reports no violation by a nonce, which covers what it brings on demand', async () => {
    const {page, complaints} = await site.open(
      browser,
      `<script src="/dist/greenroom.min.js" nonce="abc" defer></script>${TAGS}<room-editor endpoint="/api"></room-editor>`,
      {headers: policy("'nonce-abc'")},
    );
    await join(page);
    await page.getByRole('button', {name: 'Create room'}).waitFor();
    assert.deepEqual(complaints, []);
  });

  it('may be framed by another origin', async () => {
    const {page: framed} = await site.open(browser, SCRIPT + TAGS);
    const {page, complaints} = await site.open(
      browser,
      `<iframe src="${framed.url().replace('127.0.0.1', 'localhost')}" allow="camera; microphone" height="600"></iframe>`,
    );
    const frame = page.frameLocator('iframe');
    await frame.getByRole('option', {name: 'Lobby'}).click();
    await frame.getByRole('button', {name: 'Join'}).click();
    await frame.getByText('You are on your way in.').waitFor();
    assert.deepEqual(complaints, []);
  });

  it('is refused in words where it has no origin, in a sandbox', async () => {
    const {page: framed} = await site.open(browser, SCRIPT + TAGS);
    const {page} = await site.open(
      browser,
      `<iframe src="${framed.url()}" sandbox="allow-scripts" height="600"></iframe>`,
    );
    const frame = page.frameLocator('iframe');
    await frame.getByRole('button', {name: 'Try again'}).waitFor();
    assert.equal(await frame.locator('room-picker').getByRole('option').count(), 0);
    const asked = await fetch(`${site.origin}/api/rooms`, {headers: {origin: 'null', 'x-rooms-client': 'greenroom'}});
    assert.equal(asked.status, 403);
    assert.equal(asked.headers.get('access-control-allow-origin'), null);
  });

  it('may have storage that throws, an Object.prototype with more in it, and a fetch that is patched', async () => {
    const {page, complaints} = await site.open(browser, SCRIPT + TAGS, {
      init: () => {
        for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) {
          Object.defineProperty(window, name, {
            get() {
              throw new DOMException('Denied.', 'SecurityError');
            },
          });
        }
        Object.assign(Object.prototype, {each: Date, polluted: 'yes', endpoint: '/elsewhere', role: 'moderator'});
        const fetch = window.fetch.bind(window);
        window.fetch = (...args) => fetch(...args);
      },
    });
    await join(page);
    assert.deepEqual(complaints, []);
  });

  it('says so in words when a patched fetch throws', async () => {
    const {page} = await site.open(browser, SCRIPT + TAGS, {
      init: () => {
        window.fetch = () => {
          throw new Error('Blocked by an extension.');
        };
      },
    });
    await page.getByRole('button', {name: 'Try again'}).waitFor();
  });

  for (const css of [
    '* { all: unset }',
    'button { display: none }',
    '* { all: unset !important }',
    'div, p, ul, li, span { position: fixed; font-size: 0 }',
  ]) {
    for (const dir of ['ltr', 'rtl']) {
      it(`may have the styles ${css}, ${dir} and at 200 %`, async () => {
        const {page, complaints} = await site.open(browser, `<style>${css}</style>${SCRIPT}<body dir="${dir}">${TAGS}`);
        await page.setViewportSize({width: 640, height: 480});
        await page.evaluate("document.documentElement.style.zoom = '2'");
        for (const [role, least] of [
          ['listbox', 200],
          ['option', 100],
          ['button', 40],
        ] as const) {
          const box = await page.getByRole(role).first().boundingBox();
          assert.ok(box && box.width >= least && box.height >= 24, `${role}: ${JSON.stringify(box)}`);
        }
        await join(page);
        assert.deepEqual(complaints, []);
      });
    }
  }
});
