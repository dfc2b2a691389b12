import assert from 'node:assert/strict';
import {describe, it, type TestContext} from 'node:test';
import type {Page} from 'playwright-core';
import {ask, enter, leave, says, sees, useTheatre} from '../helpers/e2e/demo.js';
import {tcpProxy} from '../helpers/platform/tcp-proxy.js';

describe('the demo, when a connection breaks', {timeout: 170_000}, () => {
  const theatre = useTheatre();

  /** A connection from a page to the platform that a test can break and restore. */
  async function line(t: TestContext, page: Page) {
    const {hostname, port} = new URL(theatre.demo.url);
    const wire = await tcpProxy(t, {host: hostname, port: Number(port)});
    const ours = `${hostname}:${wire.port}`;
    let tokens = 0;
    await page.route('**/tokens', async route => {
      tokens += 1;
      const response = await route.fetch();
      const body = (await response.json()) as {server_url: string};
      const server_url = body.server_url.replace(`${hostname}:${port}`, ours);
      await route.fulfill({response, json: {...body, server_url}});
    });
    return {...wire, tokens: () => tokens};
  }

  /** Two people in a room for two. The connection of Bob can break. */
  async function meet(t: TestContext) {
    const [ann, bob] = [await theatre.visitor('Ann'), await theatre.visitor('Bob')];
    const wire = await line(t, bob);
    await enter(ann, 'Support desk');
    await enter(bob, 'Support desk');
    await Promise.all([sees(ann, 'Bob'), sees(bob, 'Ann')]);
    return {ann, bob, wire};
  }

  /** The console says that the page could not connect, which the test caused. */
  const forgive = () => theatre.forgive(/WebSocket connection to .* failed|ERR_INTERNET_DISCONNECTED/);

  it('keeps the seat, and returns a person to it without a new token', async t => {
    const {ann, bob, wire} = await meet(t);
    const tile = bob.locator('[part=person]').first();
    const before = await tile.boundingBox();

    wire.cut();
    await says(bob, 'Connecting again…');
    await says(ann, 'Bob lost the connection and may be back.');
    await ann.getByRole('img', {name: 'Connecting again…'}).waitFor();
    assert.deepEqual(await theatre.namesIn('Support desk'), ['Ann', 'Bob']);
    const room = await theatre.idOf('Support desk');
    const carla = theatre.rooms.token(room, {name: 'Carla', role: 'participant', user_ref: 'carla'});
    await assert.rejects(carla, {code: 'room_full'});

    wire.mend();
    await says(bob, 'You are back.');
    await says(ann, 'Bob is back.');
    await Promise.all([sees(ann, 'Bob'), sees(bob, 'Ann')]);
    assert.deepEqual(await theatre.namesIn('Support desk'), ['Ann', 'Bob']);
    assert.deepEqual(await tile.boundingBox(), before);
    assert.equal(wire.tokens(), 1);
    forgive();
  });

  it('reconnects every time, and knows who came and left meanwhile', async t => {
    const [ann, bob] = [await theatre.visitor('Ann'), await theatre.visitor('Bob')];
    const wire = await line(t, bob);
    await enter(ann, 'Coffee corner');
    await enter(bob, 'Coffee corner');
    wire.cut();
    await says(ann, 'Bob lost the connection');
    const carla = await theatre.visitor('Carla');
    await enter(carla, 'Coffee corner');
    await leave(ann);
    wire.mend();
    await Promise.all([sees(bob, 'Carla'), sees(carla, 'Bob')]);
    await bob.getByLabel('Video of Ann').waitFor({state: 'detached'});
    wire.cut();
    await says(carla, 'Bob lost the connection');
    wire.mend();
    await says(carla, 'Bob is back.');
    await Promise.all([sees(bob, 'Carla'), sees(carla, 'Bob')]);
    forgive();
  });

  it('notices that the network swallows all that it sends, and returns while the seat is kept', async t => {
    const {ann, bob, wire} = await meet(t);
    const again = bob.waitForEvent('websocket', {timeout: 60_000});
    assert.equal(wire.swallow(), 1);
    // Nobody is told, since the break is over in the moment in which it is noticed.
    await again;
    await Promise.all([sees(ann, 'Bob'), sees(bob, 'Ann')]);
    assert.deepEqual(await theatre.namesIn('Support desk'), ['Ann', 'Bob']);
    assert.equal(wire.tokens(), 1);
    // It hears of somebody who comes now.
    await leave(ann);
    await bob.getByLabel('Video of Ann').waitFor({state: 'detached'});
  });

  it('reconnects when the network is back', async () => {
    const [ann, bob] = [await theatre.visitor('Ann'), await theatre.visitor('Bob')];
    await enter(ann, 'Coffee corner');
    await enter(bob, 'Coffee corner');
    await sees(ann, 'Bob');
    await bob.context().setOffline(true);
    await says(ann, 'Bob lost the connection');
    await says(bob, 'Connecting again…');
    await bob.context().setOffline(false);
    await says(ann, 'Bob is back.');
    await Promise.all([sees(ann, 'Bob'), sees(bob, 'Ann')]);
    forgive();
  });

  it('keeps knocking, and is admitted when it reconnects', async t => {
    const mo = await theatre.visitor('Mo', {role: 'Moderator'});
    await enter(mo, 'Consulting hour');
    const ann = await theatre.visitor('Ann');
    const wire = await line(t, ann);
    await ask(ann, 'Consulting hour');
    await mo.getByRole('button', {name: 'Admit Ann'}).waitFor();
    wire.cut();
    await says(ann, 'Connecting again…');
    await mo.getByRole('button', {name: 'Admit Ann'}).click();
    await says(mo, 'Ann came in.');
    wire.mend();
    await Promise.all([sees(ann, 'Mo'), sees(mo, 'Ann')]);
    forgive();
  });

  it('ends when the seat is gone', async t => {
    const mo = await theatre.visitor('Mo', {role: 'Moderator'});
    await enter(mo, 'Coffee corner');
    const ann = await theatre.visitor('Ann');
    const wire = await line(t, ann);
    await enter(ann, 'Coffee corner');
    wire.cut();
    await says(mo, 'Ann lost the connection');
    await mo.getByRole('button', {name: 'Remove Ann'}).click();
    await says(mo, 'Ann left.');
    wire.mend();
    await says(ann, 'You are no longer in the room.');
    assert.equal(await ann.locator('[part=person]').count(), 0);
    forgive();
  });
});
