import assert from 'node:assert/strict';
import {connect, createServer, type AddressInfo, type Socket} from 'node:net';
import {describe, it, type TestContext} from 'node:test';
import type {Page} from 'playwright-core';
import {ask, enter, leave, says, sees, useTheatre} from '../helpers/e2e/demo.js';

describe('the demo, when a connection breaks', {timeout: 170_000}, () => {
  const theatre = useTheatre();

  /** A connection from a page to the platform that a test can break and restore. */
  async function line(t: TestContext, page: Page) {
    const {hostname, port} = new URL(theatre.demo.url);
    const sockets = new Set<Socket>();
    let whole = true;
    const server = createServer(near => {
      if (!whole) return near.resetAndDestroy();
      const far = connect(Number(port), hostname);
      for (const socket of [near, far]) {
        sockets.add(socket);
        socket.on('error', () => {}).on('close', () => [near, far].forEach(each => each.destroy()));
      }
      near.pipe(far).pipe(near);
    });
    await new Promise<void>(listening => server.listen(0, hostname, listening));
    const pull = () => {
      whole = false;
      for (const socket of sockets) socket.resetAndDestroy();
      sockets.clear();
    };
    t.after(() => {
      pull();
      server.close();
    });
    const ours = `${hostname}:${(server.address() as AddressInfo).port}`;
    let tokens = 0;
    await page.route('**/tokens', async route => {
      tokens += 1;
      const response = await route.fetch();
      const body = (await response.json()) as {server_url: string};
      const server_url = body.server_url.replace(`${hostname}:${port}`, ours);
      await route.fulfill({response, json: {...body, server_url}});
    });
    return {pull, putBack: () => (whole = true), tokens: () => tokens};
  }

  /** The console says that the page could not connect, which the test caused. */
  const forgive = () => theatre.forgive(/WebSocket connection to .* failed|ERR_INTERNET_DISCONNECTED/);

  it('keeps the seat, and returns a person to it without a new token', async t => {
    const [ann, bob] = [await theatre.visitor('Ann'), await theatre.visitor('Bob')];
    const wire = await line(t, bob);
    await enter(ann, 'Support desk');
    await enter(bob, 'Support desk');
    await Promise.all([sees(ann, 'Bob'), sees(bob, 'Ann')]);
    const tile = bob.locator('[part=person]').first();
    const before = await tile.boundingBox();

    wire.pull();
    await says(bob, 'Connecting again…');
    await says(ann, 'Bob lost the connection and may be back.');
    await ann.getByRole('img', {name: 'Connecting again…'}).waitFor();
    assert.deepEqual(await theatre.namesIn('Support desk'), ['Ann', 'Bob']);
    const room = await theatre.idOf('Support desk');
    const carla = theatre.rooms.token(room, {name: 'Carla', role: 'participant', user_ref: 'carla'});
    await assert.rejects(carla, {code: 'room_full'});

    wire.putBack();
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
    wire.pull();
    await says(ann, 'Bob lost the connection');
    const carla = await theatre.visitor('Carla');
    await enter(carla, 'Coffee corner');
    await leave(ann);
    wire.putBack();
    await Promise.all([sees(bob, 'Carla'), sees(carla, 'Bob')]);
    await bob.getByLabel('Video of Ann').waitFor({state: 'detached'});
    wire.pull();
    await says(carla, 'Bob lost the connection');
    wire.putBack();
    await says(carla, 'Bob is back.');
    await Promise.all([sees(bob, 'Carla'), sees(carla, 'Bob')]);
    forgive();
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
    wire.pull();
    await says(ann, 'Connecting again…');
    await mo.getByRole('button', {name: 'Admit Ann'}).click();
    await says(mo, 'Ann came in.');
    wire.putBack();
    await Promise.all([sees(ann, 'Mo'), sees(mo, 'Ann')]);
    forgive();
  });

  it('ends when the seat is gone', async t => {
    const mo = await theatre.visitor('Mo', {role: 'Moderator'});
    await enter(mo, 'Coffee corner');
    const ann = await theatre.visitor('Ann');
    const wire = await line(t, ann);
    await enter(ann, 'Coffee corner');
    wire.pull();
    await says(mo, 'Ann lost the connection');
    await mo.getByRole('button', {name: 'Remove Ann'}).click();
    await says(mo, 'Ann left.');
    wire.putBack();
    await says(ann, 'You are no longer in the room.');
    assert.equal(await ann.locator('[part=person]').count(), 0);
    forgive();
  });
});
