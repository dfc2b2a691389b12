import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import type {Page} from 'playwright-core';
import {join, useSite} from '../helpers/e2e/embed.js';

const SCRIPT = '<script src="/dist/greenroom.min.js"></script>';
const PICKER = '<div id="rooms" data-greenroom="room-picker" data-endpoint="/api"><a href="/rooms">All rooms</a></div>';
const BUTTON = '<div data-greenroom="join-button" data-for="rooms" data-user-name="Ann"></div>';

describe('the markup for a CMS', {timeout: 170_000}, () => {
  const site = useSite();

  const attributesOf = (page: Page, name: string) =>
    page.evaluate(name => {
      const element = document.querySelector(name)!;
      return Object.fromEntries(element.getAttributeNames().map(each => [each, element.getAttribute(each)]));
    }, name);

  it('takes a visitor to a token, and shows a link without JavaScript', async () => {
    const {page, complaints} = await site.open(PICKER + BUTTON + SCRIPT);
    await join(page);
    assert.equal(await page.getByRole('link').count(), 0);
    assert.deepEqual(complaints, []);
    const plain = await site.browser.newContext({javaScriptEnabled: false});
    const without = await plain.newPage();
    await without.goto(page.url());
    await without.getByRole('link', {name: 'All rooms'}).waitFor();
  });

  for (const [what, html] of [
    ['paragraphs and breaks', `<p>${PICKER}</p><br><p>${BUTTON}<br></p>`],
    ['spans', (PICKER + BUTTON).replaceAll('div', 'span').replaceAll('<span', '<p><span')],
    [
      'smart quotes',
      (PICKER + BUTTON)
        .replaceAll('="', '=“')
        .replace(/“([^"]*)"/g, '=”$1”')
        .replaceAll('=”rooms”', '="rooms"')
        .replaceAll('==', '='),
    ],
    ['quotes as entities', (PICKER + BUTTON).replaceAll(/(data-[\w-]+)="([^"]*)"/g, '$1=&#8221;$2&#8243;')],
    ['breaks inside', PICKER.replace('<a', '<br><p><a').replace('</a>', '</a><br></p>') + BUTTON],
  ] as const) {
    it(`works with ${what}`, async () => {
      const {page, complaints} = await site.open(html + SCRIPT);
      await join(page);
      assert.deepEqual(complaints, []);
    });
  }

  it('copies attributes of the element, and no handler, style, id or unknown element', async () => {
    const {page, complaints} =
      await site.open(`<div data-greenroom="room-picker" data-endpoint="/api" data-required="" data-show-users="show-users" data-value="x"
        data-onclick="document.title = 'taken'" data-style="color: red" data-id="mine" data-class="mine" data-src="/x"></div>
      <div data-greenroom="script" data-src="/x.js"></div><div data-greenroom="constructor"></div>${SCRIPT}`);
    await page.getByRole('option').first().waitFor();
    const given = await attributesOf(page, 'room-picker');
    assert.deepEqual(given, {endpoint: '/api', required: '', 'show-users': 'show-users', value: 'x'});
    assert.equal(await page.locator('[data-src="/x.js"] *').count(), 0);
    assert.deepEqual(complaints, []);
  });

  it('refuses an application’s key with a message, as the tag does', async () => {
    const {page} = await site.open(
      `<div data-greenroom="join-button" data-room-id="x" data-endpoint="/api" data-app-key="secret"></div>${SCRIPT}`,
    );
    const button = page.getByRole('button', {name: 'Join'});
    await button.waitFor();
    const [code] = await Promise.all([
      page.evaluate(
        () =>
          new Promise(resolve =>
            document.addEventListener('room-error', event =>
              resolve((event as CustomEvent).detail.error.code as string),
            ),
          ),
      ),
      button.click(),
    ]);
    assert.equal(code, 'misconfigured');
  });

  it('is found when it is added later, and follows changes of its attributes alone', async () => {
    const {page, complaints} = await site.open(`<main></main>${SCRIPT}`);
    await page.evaluate(
      html => (document.querySelector('main')!.innerHTML = `<section>${html}</section>`),
      PICKER + BUTTON,
    );
    await join(page);
    const value = await page.evaluate(`document.querySelector('room-picker').value`);
    await page.evaluate(() => {
      document.querySelector<HTMLElement>('#rooms')!.dataset.noSearch = '';
      document.querySelector<HTMLElement>('#rooms')!.dataset.onclick = 'alert()';
    });
    await page.waitForFunction(() => document.querySelector('room-picker')?.hasAttribute('no-search'));
    assert.equal(await page.evaluate(`document.querySelector('room-picker').value`), value);
    assert.equal(await page.evaluate(`document.querySelector('room-picker').onclick`), null);
    await page.evaluate(() => document.querySelector('#rooms')!.removeAttribute('data-no-search'));
    await page.waitForFunction(() => !document.querySelector('room-picker')?.hasAttribute('no-search'));
    await page.evaluate(id => {
      Object.assign(document.querySelector<HTMLElement>('#rooms')!.dataset, {greenroom: 'room-users', roomId: id});
    }, site.roomId);
    await page.waitForFunction(() => document.querySelector('#rooms > room-users')?.shadowRoot);
    assert.deepEqual(
      complaints.filter(text => !text.includes('403')),
      [],
    );
  });

  for (const [what, redraw] of [
    ['innerHTML', 'place.innerHTML = html'],
    ['no content at all', "place.innerHTML = ''"],
    ['innerHTML +=', "place.innerHTML += '<b>New</b>'"],
    ['a morph of its children', 'place.insertAdjacentHTML("afterbegin", html); place.lastChild.remove()'],
    ['a morph of the place', 'place.dataset.required = ""; place.innerHTML = html'],
    ['a new place', 'place.outerHTML = place.outerHTML.replace(/>.*</s, `>${html}<`)'],
    ['a redraw around it', 'place.parentNode.innerHTML += " "'],
  ] as const) {
    it(`comes back, and joins, after the page drew its content again by ${what}`, async () => {
      const {page, complaints} = await site.open(`<main>${PICKER}</main>${BUTTON}${SCRIPT}`);
      await page.getByRole('option').first().waitFor();
      for (let times = 0; times < 2; times++) {
        await page.evaluate(`{
          const place = document.querySelector('#rooms');
          const html = '<a href="/rooms">Every room</a>';
          ${redraw};
        }`);
        // What the page drew may have a copy of the picker, which is gone in the next frame.
        await page.waitForFunction(() => document.querySelector('#rooms > room-picker:only-child'));
      }
      await join(page);
      assert.deepEqual(complaints, []);
    });
  }

  it('takes over the attributes that a morph changes together with the content, and leaves with its mark', async () => {
    const {page} = await site.open(`${PICKER}${SCRIPT}`);
    await page.getByRole('option').first().waitFor();
    await page.evaluate(() => {
      const place = document.querySelector<HTMLElement>('#rooms')!;
      place.dataset.noSearch = '';
      place.innerHTML = '<i>Later</i>';
    });
    await page.waitForFunction(() => document.querySelector('#rooms > room-picker[no-search]'));
    await page.evaluate(() => document.querySelector('#rooms')!.removeAttribute('data-greenroom'));
    await page.waitForFunction(() => document.querySelector('#rooms')!.innerHTML === '<i>Later</i>');
    await page.evaluate(() => (document.querySelector('#rooms')!.innerHTML = '<i>Never</i>'));
    await page.evaluate(() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    assert.equal(await page.locator('room-picker').count(), 0);
  });

  it('does not block a page whose own script insists on its content', async () => {
    const {page} = await site.open(`${PICKER}${SCRIPT}`);
    await page.getByRole('option').first().waitFor();
    const frames = await page.evaluate(`(async () => {
      const place = document.querySelector('#rooms');
      const insist = () => place.querySelector('i') ?? (place.innerHTML = '<i>Mine</i>');
      new MutationObserver(insist).observe(place, {childList: true});
      insist();
      let frames = 0;
      while (frames < 10) await new Promise(resolve => requestAnimationFrame(() => resolve(frames++)));
      return frames;
    })()`);
    assert.equal(frames, 10);
  });

  it('stays away after `Greenroom.remove`, whatever is drawn there', async () => {
    const {page} = await site.open(`${PICKER}${SCRIPT}`);
    await page.getByRole('option').first().waitFor();
    await page.evaluate(() => Greenroom.remove('#rooms'));
    await page.evaluate(() => (document.querySelector('#rooms')!.innerHTML = '<i>Mine</i>'));
    await page.evaluate(() => new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve))));
    assert.equal(await page.locator('#rooms').innerHTML(), '<i>Mine</i>');
  });

  it('loads elements on demand, and shows the link until they are there', async () => {
    const {page} = await site.open(
      `<div data-greenroom="room-users" data-room-id="${site.roomId}" data-endpoint="/api"><a href="/">Who</a></div>${SCRIPT}`,
    );
    await page.waitForFunction(() => document.querySelector('room-users')?.shadowRoot);
    assert.equal(await page.getByRole('link').count(), 0);
  });

  it('leaves nothing in memory when it is removed', async () => {
    const {page} = await site.open(`<main></main>${SCRIPT}`);
    await page.evaluate(async html => {
      const main = document.querySelector('main')!;
      const refs: WeakRef<Element>[] = [];
      Object.assign(window, {refs});
      for (let visit = 0; visit < 20; visit++) {
        main.innerHTML = html;
        await new Promise(resolve => requestAnimationFrame(resolve));
        for (const element of main.querySelectorAll('*')) refs.push(new WeakRef(element));
        main.replaceChildren();
      }
    }, PICKER + BUTTON);
    const session = await page.context().newCDPSession(page);
    const left = async () => {
      await session.send('HeapProfiler.collectGarbage');
      return page.evaluate('refs.filter(ref => ref.deref()).length');
    };
    const deadline = Date.now() + 20_000;
    // An element that waits for an answer stays in memory until the answer is there.
    while ((await left()) !== 0 && Date.now() < deadline) await page.evaluate('new Promise(requestAnimationFrame)');
    assert.equal(await left(), 0);
    assert.ok(((await page.evaluate('refs.length')) as number) >= 80);
  });
});
