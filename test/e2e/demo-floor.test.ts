import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {
  barriers,
  enter,
  hasVideoOf,
  leave,
  notice,
  says,
  sees,
  sending,
  sends,
  useTheatre,
  watched,
} from '../helpers/e2e/demo.js';

const LECTURE = 'Monday all-hands';

const NOTHING = {connections: 1, tracks: [], asked: 0};

describe('the demo for people who are not seen', {timeout: 170_000}, () => {
  const theatre = useTheatre();

  it('waits for a moderator, and then shows everybody', async () => {
    const ann = await theatre.visitor('Ann', {init: watched});
    const bob = await theatre.visitor('Bob', {width: 360});
    await enter(ann, 'Book club');
    await enter(bob, 'Book club');
    await Promise.all([ann, bob].map(page => says(page, 'You are not seen or heard until a moderator comes.')));
    await ann.getByLabel('Video of Bob').waitFor();
    assert.deepEqual(await sends(ann), NOTHING);
    assert.deepEqual([await barriers(ann), await barriers(bob)], [[], []]);
    assert.equal(await ann.getByRole('button', {name: 'Unmute'}).isDisabled(), true);

    const mo = await theatre.visitor('Mo', {role: 'Moderator'});
    await enter(mo, 'Book club');
    await Promise.all([sees(ann, 'Bob'), sees(bob, 'Ann'), sees(ann, 'Mo'), sees(bob, 'Mo')]);
    await Promise.all([sees(mo, 'Ann'), sees(mo, 'Bob'), sees(ann, 'Ann')]);
    await says(ann, 'You are seen and heard now.');
    assert.equal(await ann.getByRole('button', {name: 'Mute', exact: true}).isDisabled(), false);

    await leave(mo);
    await says(ann, 'Mo left.');
    await Promise.all([sees(ann, 'Bob'), sees(bob, 'Ann')]);
  });

  it('gives a listener the floor of a lecture and takes it back, repeatedly', async () => {
    const mo = await theatre.visitor('Mo', {role: 'Moderator'});
    await enter(mo, LECTURE);
    const ann = await theatre.visitor('Ann', {init: watched});
    await enter(ann, LECTURE);
    const bob = await theatre.visitor('Bob', {colorScheme: 'dark'});
    await enter(bob, LECTURE);
    await Promise.all([sees(ann, 'Mo'), sees(bob, 'Mo')]);
    await says(ann, 'You listen until a moderator gives you the floor.');
    assert.deepEqual(await sends(ann), {...NOTHING, connections: 2});
    assert.equal(await hasVideoOf(bob, 'Ann'), false);
    assert.deepEqual([await barriers(mo), await barriers(bob)], [[], []]);
    assert.equal(await mo.getByRole('button', {name: 'Mute Ann'}).isVisible(), false);

    for (const _ of ['once', 'and again']) {
      await mo.getByRole('button', {name: 'Give the floor to Ann'}).click();
      await Promise.all([sees(mo, 'Ann'), sees(bob, 'Ann'), sees(ann, 'Ann')]);
      await says(ann, 'You have the floor');
      await says(bob, 'Ann has the floor.');
      await sending(ann, ['audio', 'audio', 'video', 'video']);
      await mo.getByRole('button', {name: 'Take the floor from Ann'}).click();
      await says(ann, 'You no longer have the floor.');
      await bob.locator('video[aria-label="Video of Ann"][aria-hidden=true]').waitFor();
      assert.equal(await hasVideoOf(bob, 'Ann'), false);
      await sending(ann, []);
      await sees(ann, 'Mo');
    }
  });

  it('lets a viewer see the others, send nothing, and never asks for the camera', async () => {
    const ann = await theatre.visitor('Ann');
    const vi = await theatre.visitor('Vi', {role: 'Viewer', init: watched});
    await enter(vi, 'Coffee corner');
    await says(vi, 'You only watch: nobody sees or hears you.');
    await enter(ann, 'Coffee corner');
    await sees(vi, 'Ann');
    assert.deepEqual(await sends(vi), NOTHING);
    assert.equal(await hasVideoOf(ann, 'Vi'), false);
    assert.deepEqual(await barriers(vi), []);
    for (const name of ['Unmute', 'Start video']) {
      assert.equal(await vi.getByRole('button', {name}).isDisabled(), true);
    }
  });

  it('tells the audience what it is, shows it nobody, and ends its visit with all others', async () => {
    const au = await theatre.visitor('Au', {role: 'Audience', init: watched});
    await enter(au, LECTURE);
    await notice(au, 'You are in the audience.').waitFor();
    const mo = await theatre.visitor('Mo', {role: 'Moderator'});
    await enter(mo, LECTURE);
    assert.deepEqual(await sends(au), {...NOTHING, connections: 0});
    assert.equal(await mo.locator('[part=person]').count(), 1);
    await mo.locator('.bar').getByRole('button', {name: 'End for all'}).click();
    await mo.getByRole('dialog').getByRole('button', {name: 'End for all'}).click();
    await says(au, 'A moderator ended the session.');
    assert.equal(await notice(au, 'You are in the audience.').isVisible(), false);
  });

  it('turns off a camera that is allowed only after the floor was taken back', async () => {
    const mo = await theatre.visitor('Mo', {role: 'Moderator'});
    await enter(mo, LECTURE);
    const ann = await theatre.visitor('Ann', {
      init: () => {
        // The browser asks, and Ann takes her time.
        const page = window as unknown as {allow: () => void; given: MediaStream};
        const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
        navigator.mediaDevices.getUserMedia = async constraints => {
          await new Promise<void>(resolve => (page.allow = resolve));
          return (page.given = await ask(constraints));
        };
      },
    });
    await enter(ann, LECTURE);
    await mo.getByRole('button', {name: 'Give the floor to Ann'}).click();
    await says(ann, 'You have the floor');
    await mo.getByRole('button', {name: 'Take the floor from Ann'}).click();
    await says(ann, 'You no longer have the floor.');
    await ann.evaluate(() => (window as unknown as {allow: () => void}).allow());
    await ann.waitForFunction(() => {
      const {given} = window as unknown as {given?: MediaStream};
      return given?.getTracks().every(({readyState}) => readyState === 'ended');
    });
    assert.equal(await hasVideoOf(ann, 'Ann'), false);
  });
});
