import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {barriers} from '../helpers/e2e/demo.js';
import {go, look, settle, turn, useGallery} from '../helpers/e2e/gallery.js';

describe('the gallery', {timeout: 170_000}, () => {
  const gallery = useGallery();

  it('has a link to every state of every element', () => {
    const {states} = gallery;
    const count = (element: string) => states.filter(state => state.startsWith(`${element}/`)).length;
    for (const element of 'green-room room-picker join-button pre-join room-stage room-editor room-users'.split(' '))
      assert.ok(count(element) > 10, element);
    assert.equal(new Set(states).size, states.length);
  });

  for (const scheme of ['light', 'dark']) {
    it(`is accessible, readable and free of layout shifts in every state, ${scheme}`, async () => {
      const {page, inEveryState} = gallery;
      await turn(page, {scheme});
      assert.deepEqual(await barriers(page), []);
      assert.deepEqual(
        await inEveryState(async () => [...(await barriers(page, '#stage')), ...(await look(page)).weak]),
        {},
      );
    });
  }

  it('opens a waiting room by itself, and moves nothing', async () => {
    const {theatre, page} = gallery;
    theatre.problems.splice(0);
    await go(page, 'join-button/opening');
    await page.locator('join-button [role=status]:text-is("The room is open now.")').waitFor();
    await go(page, 'room-editor/wrong');
    // Opening the groups moved the content below; from now on nothing moves.
    await settle(page);
    theatre.forgive(/jumped/);
    await page.getByRole('textbox', {name: 'Participants'}).fill('12');
    await page.getByRole('textbox', {name: 'Name'}).fill('Reading circle');
    await page.locator('room-editor [name=name][aria-invalid=false]').waitFor();
    await settle(page);
    assert.deepEqual(theatre.problems, []);
  });

  it('shows the first state with its settings for a link to an unknown state', async () => {
    const {theatre, page} = gallery;
    await page.goto(`${theatre.demo.url}gallery/?scheme=dark&lang=ja#nothing/there`);
    await page.getByRole('heading', {name: 'Choose', exact: true}).waitFor();
    assert.equal(await page.getByRole('combobox', {name: 'Language'}).inputValue(), 'ja');
    await page.locator('room-picker').getByRole('searchbox', {name: 'ルームを検索'}).waitFor();
  });
});
