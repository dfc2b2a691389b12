import assert from 'node:assert/strict';
import {once} from 'node:events';
import {stat} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, it} from 'node:test';
import {setTimeout} from 'node:timers/promises';
import {WebSocket} from 'ws';
import {
  enter,
  focusOf,
  hasVideoOf,
  joinButton,
  leave,
  overhang,
  says,
  sees,
  startDemo,
  until,
  useTheatre,
  type VisitorOptions,
} from '../helpers/e2e/demo.js';

describe('the demo', {timeout: 170_000}, () => {
  const theatre = useTheatre();
  const {idOf, namesIn} = theatre;
  const visitor = (name: string, options?: VisitorOptions) => theatre.visitor(name, options);

  it('answers soon after a cold start', async t => {
    assert.match(await (await fetch(theatre.demo.url)).text(), /<title>Greenroom/);
    t.diagnostic(`cold start to an answering page: ${theatre.demo.startedIn} ms`);
  });

  it('keeps the credentials readable for their owner only', {skip: process.platform === 'win32'}, async () => {
    assert.equal((await stat(join(theatre.folder, 'application.json'))).mode & 0o777, 0o600);
  });

  it('offers a room of every kind', async () => {
    const kinds = (await theatre.rooms.list()).map(({settings: {mode, scheduled, adhoc}}) =>
      mode === 'lecture' ? mode : scheduled ? 'scheduled' : adhoc ? 'ad hoc' : 'permanent',
    );
    assert.deepEqual([...new Set(kinds)].sort(), ['ad hoc', 'lecture', 'permanent', 'scheduled']);
    const page = await visitor('Ada');
    await page.getByRole('option', {name: /Opens/}).click();
    await page.getByRole('timer').waitFor();
  });

  it('fits a phone, left to right and right to left', async () => {
    const page = await visitor('Ada', {width: 360});
    for (const dir of ['ltr', 'rtl']) {
      await page.goto(`${theatre.demo.url}?dir=${dir}`);
      await page.locator('room-picker').getByRole('option').first().waitFor();
      assert.equal(await page.evaluate(() => getComputedStyle(document.body).direction), dir);
      assert.equal(await overhang(page), 0);
    }
  });

  it('lets two people see each other, and the platform counts them', async () => {
    const [ada, bruno] = [await visitor('Ada'), await visitor('Bruno', {width: 360})];
    await enter(ada, 'Coffee corner');
    await enter(bruno, 'Coffee corner');
    await Promise.all([sees(ada, 'Bruno'), sees(bruno, 'Ada')]);
    assert.deepEqual(await namesIn('Coffee corner'), ['Ada', 'Bruno']);
  });

  it('lists a room as live as soon as somebody is inside', async () => {
    const ada = await visitor('Ada');
    await enter(ada, 'Coffee corner');
    // Long before the list loads again by itself.
    await ada.getByRole('option', {name: 'Coffee corner Live now'}).waitFor({timeout: 5000});
  });

  it('lets a person join and leave by keyboard alone', async () => {
    const page = await visitor('Ada');
    await page.locator('room-picker').getByRole('option').first().waitFor();
    await page.locator('body').click({position: {x: 1, y: 1}});
    for (const _ of ['Gallery', 'Ways to embed', 'Search']) await page.keyboard.press('Tab');
    await page.keyboard.type('coffee');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'name');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'role');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await until(async () => (await focusOf(page)) === 'Coffee corner');
    await page.getByRole('button', {name: 'Mute', exact: true}).waitFor();
    for (const name of ['Mute', 'Stop video', 'Share screen', 'Pop out', 'Devices', 'Leave']) {
      await page.keyboard.press('Tab');
      assert.equal(await focusOf(page), name);
    }
    await page.keyboard.press('Enter');
    await until(async () => (await focusOf(page)) === 'You left the room.');
    assert.deepEqual(await namesIn('Coffee corner'), []);
  });

  it('moves nothing when a token took long', async () => {
    const page = await visitor('Ada');
    // Half a second after a gesture, browsers count movement as a layout shift.
    await page.route('**/tokens', async route => {
      const answer = await route.fetch();
      await setTimeout(700);
      await route.fulfill({response: answer});
    });
    await enter(page, 'Coffee corner');
    await leave(page);
    await says(page, 'You left the room.');
  });

  it('shows the name of somebody without a camera', async () => {
    const [ada, bruno] = [await visitor('Ada', {camera: false}), await visitor('Bruno')];
    await enter(ada, 'Coffee corner');
    await says(ada, 'Camera and microphone: Your browser’s question was closed.');
    await enter(bruno, 'Coffee corner');
    await sees(ada, 'Bruno');
    const card = bruno.locator('[part=person]', {hasText: 'Ada'}).locator('.initials');
    assert.equal((await card.textContent())!.trim(), 'A');
    assert.equal(await hasVideoOf(bruno, 'Ada'), false);
  });

  it('lets a viewer watch without a camera of their own', async () => {
    const [ada, bruno] = [await visitor('Ada'), await visitor('Bruno', {role: 'Viewer'})];
    await enter(ada, 'Coffee corner');
    await enter(bruno, 'Coffee corner');
    await sees(bruno, 'Ada');
    await says(ada, 'Bruno came in.');
    assert.equal(await ada.getByLabel('Video of Bruno').evaluate((video: HTMLVideoElement) => video.srcObject), null);
  });

  it('refuses a token that was used already', async () => {
    const ada = await visitor('Ada');
    const socket = ada.waitForEvent('websocket', socket => socket.url().endsWith('/session'));
    const joining = socket.then(socket => socket.waitForEvent('framesent'));
    await enter(ada, 'Coffee corner');
    const thief = new WebSocket((await socket).url());
    await once(thief, 'open');
    thief.send((await joining).payload);
    const [answer] = (await once(thief, 'message')) as [Buffer];
    assert.equal((JSON.parse(answer.toString()) as {type: string}).type, 'refused');
    assert.deepEqual(await namesIn('Coffee corner'), ['Ada']);
  });

  it('frees the seat of somebody who leaves', async () => {
    const [ada, bruno] = [await visitor('Ada'), await visitor('Bruno')];
    await enter(ada, 'Support desk');
    await enter(bruno, 'Support desk');
    const ask = async () =>
      theatre.rooms.token(await idOf('Support desk'), {name: 'Carla', role: 'participant', user_ref: 'carla'});
    await assert.rejects(ask, {code: 'room_full'});
    await leave(ada);
    await until(async () => (await focusOf(ada)) === 'You left the room.');
    await says(bruno, 'Ada left.');
    assert.ok((await ask()).token);
  });

  it('leaves one room when the next is joined', async () => {
    const ada = await visitor('Ada');
    await enter(ada, 'Coffee corner');
    await ada.locator('room-picker').getByRole('option', {name: 'Support desk'}).click();
    // For a second it takes no press, which may be the second one of somebody who wanted to join.
    const hasLeft = joinButton(ada, 'Join').waitFor();
    await until(async () => {
      if (await joinButton(ada, 'Leave').isVisible()) await joinButton(ada, 'Leave').click();
      return (await namesIn('Coffee corner')).length === 0;
    });
    await hasLeft;
    await enter(ada, 'Support desk');
    await sees(ada, 'Ada');
    assert.equal(await ada.locator('[part=person]').count(), 1);
    assert.deepEqual([await namesIn('Coffee corner'), await namesIn('Support desk')], [[], ['Ada']]);
  });

  it('keeps its rooms when it is stopped in the middle of a call and started again', async t => {
    await enter(await visitor('Ada'), 'Coffee corner');
    const known = (await theatre.rooms.list()).map(room => room.room_id);
    const stopped = performance.now();
    assert.equal(await theatre.demo.stop(), 0);
    t.diagnostic(`stopped in ${Math.round(performance.now() - stopped)} ms`);
    await Promise.all(theatre.browser.contexts().map(context => context.close()));
    theatre.forgive(/./); // A page whose server goes away may complain.

    await theatre.start();
    assert.deepEqual(
      (await theatre.rooms.list()).map(room => room.room_id),
      known,
    );
    const ada = await visitor('Ada', {role: 'Moderator'});
    await enter(ada, 'Coffee corner');
    // Nobody returns to the seat from before, which would be kept for half a minute.
    await ada.locator('.bar').getByRole('button', {name: 'End for all'}).click();
    await ada.getByRole('dialog').getByRole('button', {name: 'End for all'}).click();
    await says(ada, 'A moderator ended the session.');
  });

  it('stops when npm, which started it, is told to', async () => {
    const data = join(theatre.folder, 'by-npm');
    const byNpm = await startDemo(data, '0', ['npm', 'run', 'demo']);
    await byNpm.stop();
    const answers = () =>
      fetch(byNpm.url).then(
        () => true,
        () => false,
      );
    while (await answers());
  });

  it('says in one sentence that its port is taken', async () => {
    const {port} = new URL(theatre.demo.url);
    await assert.rejects(startDemo(theatre.folder, port), new RegExp(`^Error: Port ${port} is taken\\..*\\n$`));
  });

  it('says in one line that it runs already, on another port', async () => {
    const told = /^Error: Another program has this database open\. If this demo runs already, .*\n$/;
    await assert.rejects(startDemo(theatre.folder), told);
  });
});
