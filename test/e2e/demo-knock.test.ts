import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import type {Page} from 'playwright-core';
import {
  ask,
  barriers,
  enter,
  focusOf,
  joinButton,
  notice,
  says,
  sees,
  sending,
  until,
  useTheatre,
  watched,
} from '../helpers/e2e/demo.js';

const ROOM = 'Consulting hour';

describe('the demo for a moderator', {timeout: 170_000}, () => {
  const theatre = useTheatre();

  const moderator = async () => {
    const page = await theatre.visitor('Mo', {role: 'Moderator'});
    await enter(page, ROOM);
    return page;
  };

  /** A person who knocks and sees that they have to wait. */
  async function knocker(name: string, options: Parameters<typeof theatre.visitor>[1] = {}) {
    const page = await theatre.visitor(name, options);
    await ask(page, ROOM);
    await notice(page, 'A moderator will let you in.').waitFor();
    return page;
  }

  it('shows who knocks, admits one person and denies another', async () => {
    const mo = await moderator();
    const ann = await knocker('Ann', {width: 360});
    await says(mo, 'Ann is knocking.');
    const bob = await knocker('Bob');
    await says(mo, 'Bob is knocking.');
    const names = await mo.locator('[part=knocker]').allTextContents();
    assert.deepEqual([names, await theatre.namesIn(ROOM)], [['Ann', 'Bob'], ['Mo']]);
    assert.deepEqual([await barriers(mo), await barriers(ann)], [[], []]);

    await mo.getByRole('button', {name: 'Admit Ann'}).click();
    await Promise.all([sees(mo, 'Ann'), sees(ann, 'Mo')]);
    await mo.getByRole('button', {name: 'Deny Bob'}).click();
    await says(bob, 'A moderator did not let you in.');
    await mo.locator('[part=knocking] li').waitFor({state: 'detached'});
    await notice(bob, 'A moderator did not let you in.').waitFor();
    assert.equal(await notice(ann, 'knocking').isVisible(), false);
    assert.deepEqual(await theatre.namesIn(ROOM), ['Ann', 'Mo']);
  });

  it('admits by keyboard alone, and keeps the focus on the next person who knocks', async () => {
    const mo = await moderator();
    const [ann] = [await knocker('Ann'), await knocker('Bob')];
    await mo.getByRole('button', {name: 'Admit Bob'}).waitFor();
    // The title has the focus after joining; all controls follow it.
    assert.equal(await focusOf(mo), ROOM);
    for (let presses = 0; (await focusOf(mo)) !== 'Admit Ann'; presses++) {
      assert.ok(presses < 8, 'The button was not reached.');
      await mo.keyboard.press('Tab');
    }
    await mo.keyboard.press('Enter');
    await ann.getByLabel('Video of Mo').waitFor();
    await until(async () => (await focusOf(mo)) === 'Admit Bob');
    await mo.keyboard.press('Tab');
    await mo.keyboard.press('Enter');
    await until(async () => (await focusOf(mo)) === ROOM);
    assert.equal(await mo.locator('[part=knocking]').isVisible(), false);
  });

  it('removes a person who stopped knocking, and shows a later moderator who knocks', async () => {
    const ann = await knocker('Ann');
    const bob = await knocker('Bob');
    const mo = await moderator();
    await mo.getByRole('button', {name: 'Admit Bob'}).waitFor();
    await ann.getByRole('button', {name: 'Stop knocking'}).click();
    await mo.getByRole('button', {name: 'Admit Ann'}).waitFor({state: 'detached'});
    await bob.close();
    await mo.locator('[part=knocking] li').waitFor({state: 'detached'});
  });

  it('mutes a person, who may unmute', async () => {
    const mo = await theatre.visitor('Mo', {role: 'Moderator'});
    const ann = await theatre.visitor('Ann', {init: watched});
    await enter(mo, 'Coffee corner');
    await enter(ann, 'Coffee corner');
    await sees(mo, 'Ann');
    await sees(ann, 'Ann');
    await sending(ann, ['audio', 'video']);
    await mo.getByRole('button', {name: 'Mute Ann'}).click();
    await says(ann, 'Mo muted you.');
    await says(mo, 'You muted Ann.');
    await sending(ann, ['video']);
    await ann.getByRole('button', {name: 'Unmute'}).click();
    await sending(ann, ['audio', 'video']);
    assert.equal(await ann.locator('[part=action]').count(), 0);
  });

  it('removes a person, who may come back', async () => {
    const mo = await theatre.visitor('Mo', {role: 'Moderator'});
    const ann = await theatre.visitor('Ann');
    await enter(mo, 'Coffee corner');
    await enter(ann, 'Coffee corner');
    await mo.getByRole('button', {name: 'Remove Ann'}).click();
    await says(ann, 'A moderator removed you from the room.');
    await says(mo, 'Ann left.');
    await until(async () => (await focusOf(mo)) === 'Coffee corner');
    assert.deepEqual(await theatre.namesIn('Coffee corner'), ['Mo']);
    await joinButton(ann, 'Join again').waitFor();
    await enter(ann, 'Coffee corner');
    await sees(mo, 'Ann');
  });

  it('ends the session for everybody, also for people who knock, after a question', async () => {
    const mo = await moderator();
    const ann = await knocker('Ann');
    await mo.getByRole('button', {name: 'Admit Ann'}).click();
    await ann.getByLabel('Video of Mo').waitFor();
    const bob = await knocker('Bob');
    const end = mo.locator('.bar').getByRole('button', {name: 'End for all'});
    await end.click();
    assert.deepEqual(await barriers(mo), []);
    await mo.keyboard.press('Escape');
    assert.deepEqual(await theatre.namesIn(ROOM), ['Ann', 'Mo']);
    await end.click();
    await mo.getByRole('dialog').getByRole('button', {name: 'End for all'}).click();
    await Promise.all([mo, ann, bob].map(page => says(page, 'A moderator ended the session.')));
    assert.deepEqual(await theatre.namesIn(ROOM), []);
    await until(async () => (await focusOf(mo)) === 'A moderator ended the session.');
  });
});

describe('the demo’s proxy', {timeout: 170_000}, () => {
  const theatre = useTheatre();

  /** Asks for a token as a page does, with its own grant or another. */
  async function asked(page: Page, role: string, grant?: string): Promise<number> {
    const room = await theatre.idOf(ROOM);
    return page.evaluate(
      async ({room, role, grant}) => {
        const own = document.querySelector<HTMLMetaElement>('meta[name="moderator-grant"]')!.content;
        const headers: Record<string, string> = {'content-type': 'application/json', 'x-rooms-client': 'test'};
        if (grant !== undefined) headers.authorization = `Bearer ${grant || own}`;
        const body = JSON.stringify({name: 'Eve', role});
        return (await fetch(`/api/rooms/${room}/tokens`, {method: 'POST', headers, body})).status;
      },
      {room, role, grant},
    );
  }

  it('makes nobody a moderator without a grant, or with one that the demo did not sign', async () => {
    const page = await theatre.visitor('Eve');
    const meta = page.locator('meta[name="moderator-grant"]');
    const grant = (await meta.getAttribute('content'))!;
    const forged = grant.slice(0, -6) + (grant.endsWith('AAAAAA') ? 'BBBBBB' : 'AAAAAA');
    assert.equal(await asked(page, 'moderator', ''), 200);
    assert.equal(await asked(page, 'participant'), 200);
    assert.equal(await asked(page, 'moderator'), 403);
    assert.equal(await asked(page, 'moderator', forged), 401);
    theatre.forgive(/status of 40[13]/);
  });
});
