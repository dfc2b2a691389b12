import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import type {Page} from 'playwright-core';
import {
  ask,
  barriers,
  enter,
  joinButton,
  leave,
  notice,
  overhang,
  sees,
  useTheatre,
  type VisitorOptions,
} from '../helpers/e2e/demo.js';

const LONG = 'Wolfeschlegelsteinhausenbergerdorff the elder';

describe('the demo’s stage', {timeout: 170_000}, () => {
  const theatre = useTheatre();

  /** A moderator with one listener in a lecture, and the listener. */
  async function lecture(options: VisitorOptions = {}) {
    const mo = await theatre.visitor(LONG, {role: 'Moderator', ...options});
    await enter(mo, 'Monday all-hands');
    const ann = await theatre.visitor(`Ann ${LONG}`, options);
    await enter(ann, 'Monday all-hands');
    await mo.getByRole('button', {name: 'Give the floor to Ann'}).waitFor();
    return [mo, ann] as const;
  }

  /** Visible buttons that are too small, or outside their container. */
  const awkward = (page: Page) =>
    page.evaluate(() =>
      [...document.querySelector('room-stage')!.shadowRoot!.querySelectorAll<HTMLElement>('button')]
        .filter(button => button.checkVisibility({visibilityProperty: true}))
        .filter(button => {
          const {left, right, width, height} = button.getBoundingClientRect();
          const around = button.closest('.call, .face')?.getBoundingClientRect();
          return width < 24 || height < 24 || (around && (left < around.left || right > around.right));
        })
        .map(button => button.ariaLabel ?? button.textContent),
    );

  for (const colorScheme of ['light', 'dark'] as const) {
    it(`is accessible in ${colorScheme} colours`, async () => {
      const idle = await theatre.visitor('Ida', {colorScheme});
      await idle.locator('room-picker').getByRole('option').first().waitFor();
      assert.deepEqual(await barriers(idle), []);
      for (const page of await lecture({colorScheme})) assert.deepEqual(await barriers(page), []);
    });
  }

  for (const dir of ['ltr', 'rtl']) {
    it(`fits a phone with all controls of a moderator, ${dir}`, async () => {
      const options = {width: 360, dir};
      const [mo, ann] = await lecture(options);
      await mo.getByRole('button', {name: 'Give the floor to Ann'}).click();
      await mo.getByRole('button', {name: 'Take the floor from Ann'}).waitFor();
      assert.deepEqual([await overhang(mo), await overhang(ann)], [0, 0]);
      assert.deepEqual([await awkward(mo), await awkward(ann)], [[], []]);

      await leave(mo);
      await joinButton(mo, 'Join again').waitFor();
      await enter(mo, 'Consulting hour');
      const bob = await theatre.visitor(`Bob ${LONG}`, options);
      await ask(bob, 'Consulting hour');
      await notice(bob, 'knocking').waitFor();
      await mo.getByRole('button', {name: 'Admit Bob'}).waitFor();
      assert.deepEqual([await overhang(mo), await overhang(bob)], [0, 0]);
      assert.deepEqual(await awkward(mo), []);
    });
  }

  it('shows pressed buttons and the edges of each person in forced colours', async () => {
    const ann = await theatre.visitor('Ann', {forcedColors: 'active'});
    await enter(ann, 'Coffee corner');
    await sees(ann, 'Ann');
    const mute = ann.getByRole('button', {name: 'Mute'});
    const tile = ann.locator('[part=person] .face').first();
    const colour = () => mute.evaluate(button => getComputedStyle(button).backgroundColor);
    const before = await colour();
    await mute.click();
    assert.notEqual(await colour(), before);
    assert.equal(await tile.evaluate(tile => getComputedStyle(tile).borderTopWidth), '1px');
    assert.deepEqual(await barriers(ann), []);
  });

  it('moves nobody when others knock, and makes room when somebody comes or goes', async () => {
    const mo = await theatre.visitor('Mo', {role: 'Moderator'});
    await enter(mo, 'Consulting hour');
    const guests: Page[] = [];
    for (const name of ['Ann', 'Bob']) {
      const page = await theatre.visitor(name, {role: 'Viewer'});
      await ask(page, 'Consulting hour');
      await mo.getByRole('button', {name: `Admit ${name}`}).click();
      await page.getByLabel('Video of Mo').waitFor();
      guests.push(page);
    }
    const people = mo.locator('[part=person]');
    const places = async () => Promise.all((await people.all()).map(person => person.boundingBox()));
    const before = await places();
    assert.equal(before.length, 3);
    for (const name of ['Dora', 'Emil', 'Fay']) await ask(await theatre.visitor(name), 'Consulting hour');
    await mo.getByRole('button', {name: 'Admit Fay'}).waitFor();
    assert.deepEqual(await places(), before);
    await leave(guests[0]!);
    await mo.getByLabel('Video of Ann').waitFor({state: 'detached'});
    await mo.getByRole('button', {name: 'Admit all'}).click();
    for (const name of ['Dora', 'Emil', 'Fay']) await mo.getByLabel(`Video of ${name}`).waitFor();
    assert.equal(await people.count(), 5);
  });
});
