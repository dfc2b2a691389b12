import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {join, useSite} from '../helpers/e2e/embed.js';

const SCRIPT = '<script src="/dist/greenroom.min.js" defer></script>';
const TAGS =
  '<room-picker id="rooms" endpoint="/api"></room-picker><join-button for="rooms" user-name="Ann"></join-button>';

const TAKEN = `<script>addEventListener('room-token', event => event.detail.token)</script>`;

describe('a frame or a hostile page', {timeout: 170_000}, () => {
  const site = useSite();

  for (const [kept, sandbox] of [
    ['without a sandbox', ''],
    ['in a sandbox that leaves it its origin', 'sandbox="allow-scripts allow-same-origin"'],
  ] as const) {
    it(`works in a frame of another origin, ${kept}`, async () => {
      const {page: framed} = await site.open(SCRIPT + TAKEN + TAGS);
      const {page, complaints} = await site.open(
        `<iframe src="${framed.url().replace('127.0.0.1', 'localhost')}" allow="camera; microphone" ${sandbox} height="600"></iframe>`,
      );
      const frame = page.frameLocator('iframe');
      await frame.getByRole('option', {name: 'Lobby'}).click();
      await frame.getByRole('button', {name: 'Join'}).click();
      await frame.getByText('You are on your way in.').waitFor();
      assert.deepEqual(complaints, []);
    });
  }

  it('shows a message in a sandbox without an origin, where the proxy refuses it', async () => {
    const {page: framed} = await site.open(SCRIPT + TAGS);
    const {page} = await site.open(`<iframe src="${framed.url()}" sandbox="allow-scripts" height="600"></iframe>`);
    const frame = page.frameLocator('iframe');
    await frame.getByRole('button', {name: 'Try again'}).waitFor();
    assert.equal(await frame.locator('room-picker').getByRole('option').count(), 0);
    const asked = await fetch(`${site.origin}/api/rooms`, {headers: {origin: 'null', 'x-rooms-client': 'greenroom'}});
    assert.equal(asked.status, 403);
    assert.equal(asked.headers.get('access-control-allow-origin'), null);
  });

  it('works with storage that throws, a polluted Object.prototype and a patched fetch', async () => {
    const {page, complaints} = await site.open(SCRIPT + TAGS, {
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

  it('shows a message when a patched fetch throws', async () => {
    const {page} = await site.open(SCRIPT + TAGS, {
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
      it(`works with the styles ${css}, ${dir} and at 200 %`, async () => {
        const {page, complaints} = await site.open(`<style>${css}</style>${SCRIPT}<body dir="${dir}">${TAGS}`);
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
