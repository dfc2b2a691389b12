import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import type {Frame, Page} from 'playwright-core';
import {FAKE_MEDIA} from '../browsers/chrome.mjs';
import {useSite} from '../helpers/e2e/embed.js';

const HEAD = '<!doctype html><html lang="en"><title>Shop</title><link rel="icon" href="data:,">';
const PREVIEW = `${HEAD}<script src="/dist/greenroom.min.js"></script><pre-join user-name="Ann"></pre-join>`;

/** What an element says of its devices. */
const note = (page: Page | Frame) => page.locator('pre-join [role=status]');
const says = (page: Page | Frame, words: string) => note(page).getByText(words).waitFor();
/** Of what it says that. */
const devices = (page: Page | Frame) => note(page).locator('b').allTextContents();

/** Whether one can join all the same. */
const isValid = (page: Page | Frame) =>
  page.locator('pre-join').evaluate(each => (each as HTMLElementTagNameMap['pre-join']).reportValidity());

const start = (page: Page | Frame) => page.locator('pre-join [part=start]').click();
const isOn = (page: Page | Frame, kind: string) => page.locator(`pre-join [part=${kind}]:not(.off)`).waitFor();

/** A page whose person has allowed these devices, or none. `undefined`: they have not been asked yet. */
async function open(site: ReturnType<typeof useSite>, path: string, permissions?: readonly string[]): Promise<Page> {
  const context = await site.browser.newContext();
  // A frame of another origin may ask for what the page around it was allowed.
  for (const origin of [site.origin, site.origin.replace('127.0.0.1', 'localhost')]) {
    if (permissions) await context.grantPermissions([...permissions], {origin});
  }
  const page = await context.newPage();
  await page.goto(site.origin + path);
  return page;
}

describe('a preview, and the rules of the page around it', {timeout: 170_000}, () => {
  const site = useSite({args: [...FAKE_MEDIA]});

  /** A preview in a frame of another origin, whose page has allowed the devices. */
  async function framed(allow: string): Promise<Frame> {
    const path = `/around-${encodeURIComponent(allow)}`;
    site.serve('/preview', PREVIEW);
    const inner = `${site.origin.replace('127.0.0.1', 'localhost')}/preview`;
    site.serve(path, `${HEAD}<iframe src="${inner}" allow="${allow}" width="600" height="600"></iframe>`);
    const page = await open(site, path, ['camera', 'microphone']);
    const frame = (await (await page.locator('iframe').elementHandle())!.contentFrame())!;
    await frame.locator('pre-join [part=preview]').waitFor();
    return frame;
  }

  it('names the attribute that a frame lacks, before anything is pressed, and lets one join', async () => {
    const frame = await framed('');
    await says(frame, 'Its owner adds allow="camera; microphone" to the frame.');
    assert.deepEqual([await devices(frame), await isValid(frame)], [['Camera and microphone'], true]);
  });

  it('shows the camera at once in a frame that may use it, if the person has allowed it', async () => {
    const frame = await framed('camera; microphone');
    await Promise.all([isOn(frame, 'camera'), isOn(frame, 'microphone')]);
    assert.deepEqual(await devices(frame), []);
  });

  it('opens the camera alone in a frame that may use nothing else, and says so of the microphone', async () => {
    const frame = await framed('camera');
    await isOn(frame, 'camera');
    await says(frame, 'Its owner adds allow="camera; microphone" to the frame.');
    assert.deepEqual(await devices(frame), ['Microphone']);
  });

  it('says that the rules of the site forbid it', async () => {
    const headers = {'content-type': 'text/html', 'permissions-policy': 'camera=(), microphone=()'};
    site.serve('/policy', PREVIEW, headers);
    const page = await open(site, '/policy', ['camera', 'microphone']);
    await says(page, 'The rules of this site forbid access.');
    assert.equal(await isValid(page), true);
  });
});

describe('a preview in a browser that refuses', {timeout: 170_000}, () => {
  const site = useSite({args: [FAKE_MEDIA[0]!, '--use-fake-ui-for-media-stream=deny']});

  for (const [what, permissions, words] of [
    ['because the person denied it once', [], 'Allow it at the lock in the address bar, then try again.'],
    ['because its question was closed', undefined, 'question was closed. Try again, and allow access.'],
  ] as const) {
    it(`says what helps ${what}, and lets one join`, async () => {
      site.serve('/preview', PREVIEW);
      const page = await open(site, '/preview', permissions);
      await start(page);
      await says(page, words);
      assert.deepEqual([await devices(page), await isValid(page)], [['Camera and microphone'], true]);
      await page.locator('pre-join [part=action]').click();
      await says(page, words);
    });
  }

  it('tries what is allowed by itself, and says that the system may be what refuses', async () => {
    site.serve('/preview', PREVIEW);
    const page = await open(site, '/preview', ['camera', 'microphone']);
    await says(page, 'Allow it in the settings of your browser and your system, then try again.');
    assert.deepEqual([await devices(page), await isValid(page)], [['Camera and microphone'], true]);
  });
});
