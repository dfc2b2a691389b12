import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {useSite} from '../helpers/e2e/embed.js';

// What the build leaves out of its dependencies must be what never runs; the elements' own tests run what is in src.
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
    assert.deepEqual(complaints, []);
  });

  it('says what it says in a page of another encoding', async () => {
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

  it('asks once more for what it reads when no answer came, and sends what it was given', async () => {
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
