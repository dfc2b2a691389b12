import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import type {Page} from 'playwright-core';
import {JoinButton, RoomPicker} from '../../src/elements.js';
import {useSite} from '../helpers/e2e/embed.js';

// The elements' own tests run src with the whole libraries; these run the script, which is minified.
describe('an element of the script', {timeout: 170_000}, () => {
  const site = useSite();

  it('follows each change of its attributes and properties', async () => {
    const {page, complaints} = await site.open(`<script src="/dist/greenroom.min.js"></script>
      <join-button room-id="one" disabled></join-button>`);
    assert.deepEqual(
      await page.evaluate(async () => {
        const button = document.querySelector('join-button')!;
        const seen = [[button.roomId, button.disabled]];
        for (const id of ['two', 'three']) {
          button.setAttribute('room-id', id);
          button.toggleAttribute('disabled');
          seen.push([button.roomId, button.disabled]);
        }
        for (const disabled of [false, true]) {
          button.disabled = disabled;
          await button.updateComplete;
          seen.push([button.hasAttribute('disabled'), button.renderRoot.querySelector('button')!.disabled]);
        }
        button.removeAttribute('disabled');
        return [...seen, [button.roomId, button.disabled]];
      }),
      [
        ['one', true],
        ['two', false],
        ['three', true],
        [false, false],
        [true, true],
        ['three', false],
      ],
    );
    // The page has no token proxy, and only the console says so.
    while (!complaints.length) await page.evaluate('new Promise(requestAnimationFrame)');
    assert.deepEqual(complaints, ['<join-button>: There is no endpoint. Check its endpoint. ']);
  });

  for (const [name, {styles}] of Object.entries({'room-picker': RoomPicker, 'join-button': JoinButton})) {
    it(`has the styles of <${name}> as its source has them, with less white space`, async () => {
      const {page} = await site.open('<script src="/dist/greenroom.min.js"></script>');
      const inScript = await page.evaluate(
        name => [(customElements.get(name) as unknown as typeof RoomPicker).styles].flat(9).map(String),
        name,
      );
      const inSource = [styles].flat(9).map(String);
      assert.notDeepEqual(inScript, inSource);
      const rules = await rulesOf(page, inSource);
      assert.ok(rules.length > 15);
      // A browser prints the condition of an @supports rule as it was written.
      const plain = (rule: string) => rule.replace(/^(@supports \([\w-]+:)\s+/, '$1');
      assert.deepEqual((await rulesOf(page, inScript)).map(plain), rules.map(plain));
    });
  }

  it('shows the same text in a page of another encoding', async () => {
    const {page, complaints} = await site.open(
      '<script src="/dist/greenroom.min.js"></script><div data-greenroom="&#8222;join-button&#8220;"></div>',
      {headers: {'content-type': 'text/html; charset=iso-8859-1'}},
    );
    await page.waitForSelector('join-button button');
    assert.deepEqual(
      await page.evaluate(() => {
        const label = document.querySelector('join-button')!.renderRoot.querySelector('button > :last-child');
        return [document.characterSet, label!.textContent];
      }),
      ['windows-1252', 'Joining…'],
    );
    assert.deepEqual(complaints, []);
  });

  it('repeats a read once when no answer comes, and sends the given headers', async () => {
    const {page, complaints} = await site.open('<script src="/dist/greenroom.min.js"></script>');
    assert.deepEqual(
      await page.evaluate(`(async () => {
        const seen = [];
        const rooms = Greenroom.httpRooms({
          endpoint: '/api',
          headers: {authorization: 'Bearer grant'},
          fetch: async request => {
            const names = ['authorization', 'x-rooms-client', 'content-type', 'idempotency-key'];
            const headers = names.flatMap(name => request.headers.get(name) ?? []);
            seen.push([request.method, ...headers, await request.text()].join(' '));
            throw new TypeError('No network.');
          },
        });
        const calls = [
          rooms.get('one'),
          rooms.create({name: 'Hall'}, {idempotencyKey: 'key'}),
          rooms.update('one', {name: 'Hall'}),
        ];
        await Promise.all(calls.map(call => call.catch(({code}) => seen.push(code))));
        return seen.sort();
      })()`),
      [
        'GET Bearer grant greenroom ',
        'GET Bearer grant greenroom ',
        'PATCH Bearer grant greenroom application/json {"name":"Hall"}',
        'POST Bearer grant greenroom application/json key {"name":"Hall"}',
        'offline',
        'offline',
        'offline',
      ],
    );
    assert.deepEqual(complaints, []);
  });
});

/** The rules of style sheets as a browser reads them; it keeps white space in the values of custom properties alone. */
async function rulesOf(page: Page, sheets: string[]): Promise<string[]> {
  const rules = await page.evaluate(
    sheets =>
      sheets.flatMap(text => {
        const sheet = new CSSStyleSheet();
        sheet.replaceSync(text);
        return [...sheet.cssRules].map(({cssText}) => cssText);
      }),
    sheets,
  );
  return rules.map(rule => rule.replace(/, */g, ', ').replace(/\s+/g, ' '));
}
