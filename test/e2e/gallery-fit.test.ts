import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {overhang} from '../helpers/e2e/demo.js';
import {go, look, turn, unseenFocus, useGallery} from '../helpers/e2e/gallery.js';

describe('the gallery, on small screens and in forced colours', {timeout: 170_000}, () => {
  const gallery = useGallery();

  for (const knobs of [{lang: 'ar'}, {lang: 'de', density: '0.75'}]) {
    it(`fits 320 px, as at 400 % zoom, with large enough controls, lang=${knobs.lang}`, async () => {
      const {page, inEveryState} = gallery;
      await page.setViewportSize({width: 320, height: 640});
      await turn(page, knobs);
      const beyond = async () => {
        const pixels = await overhang(page);
        return pixels ? [`${pixels} pixels beyond the edge`] : [];
      };
      assert.deepEqual(await inEveryState(async () => [...(await beyond()), ...(await look(page)).small]), {});
    });
  }

  it('shows every control and the focus in forced colours', async () => {
    const {page, inEveryState} = gallery;
    await page.setViewportSize({width: 1280, height: 800});
    await page.emulateMedia({forcedColors: 'active'});
    await turn(page, {});
    assert.deepEqual(
      await inEveryState(async () => {
        const {weak, edgeless} = await look(page);
        return [...weak, ...edgeless.map(each => `${each} has no edge`)];
      }),
      {},
    );
    for (const state of ['room-picker/chosen', 'join-button/idle', 'room-editor/change-open', 'room-users/many']) {
      await go(page, state);
      assert.deepEqual(await unseenFocus(page), [], state);
    }
    await page.emulateMedia({forcedColors: 'none'});
  });

  it('shows loading in forced colours, and no value that is not loaded yet', async () => {
    const {page} = gallery;
    await page.emulateMedia({forcedColors: 'active'});
    await turn(page, {});
    await go(page, 'room-users/loading');
    const drawn = page.locator('#stage room-users [aria-busy=true]');
    assert.match(await drawn.evaluate(each => getComputedStyle(each).backgroundImage), /gradient/);
    await go(page, 'room-editor/loading');
    const field = page.locator('#stage [name=participants]');
    assert.equal(await field.evaluate(each => getComputedStyle(each).color), 'rgba(0, 0, 0, 0)');
    await page.emulateMedia({forcedColors: 'none'});
  });

  it('shows which buttons are disabled in forced colours', async () => {
    const {page} = gallery;
    await page.emulateMedia({forcedColors: 'active'});
    await turn(page, {});
    const coloursOf = (selector: string) =>
      page.locator(`#stage ${selector}`).evaluate(button => {
        const {color, borderTopColor} = getComputedStyle(button);
        const probe = document.body.appendChild(document.createElement('i'));
        const named = (name: string) => ((probe.style.color = name), getComputedStyle(probe).color);
        const [grey, plain] = [named('GrayText'), named('ButtonText')];
        probe.remove();
        return {isGrey: color === grey && borderTopColor === grey, isPlain: color === plain, differ: grey !== plain};
      });
    await go(page, 'room-editor/create');
    assert.deepEqual(await coloursOf('[part=save]'), {isGrey: false, isPlain: true, differ: true});
    assert.deepEqual(await coloursOf('[part=discard]'), {isGrey: true, isPlain: false, differ: true});
    await go(page, 'join-button/disabled');
    assert.deepEqual(await coloursOf('join-button button'), {isGrey: true, isPlain: false, differ: true});
    await page.emulateMedia({forcedColors: 'none'});
  });
});
