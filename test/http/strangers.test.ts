import assert from 'node:assert/strict';
import {subscribe, unsubscribe} from 'node:diagnostics_channel';
import {once} from 'node:events';
import {connect, type Socket} from 'node:net';
import {describe, test, type TestContext} from 'node:test';
import {WebSocketServer, WebSocket} from 'ws';
import {ConnectionLimit} from '../../src/http/connection-limit.js';
import {serve, type Served, type ServeOptions} from '../../src/http/server.js';
import {Raw} from '../helpers/http/raw.js';

async function start(t: TestContext, options: Partial<ServeOptions> = {}): Promise<Served> {
  const served = await serve({fetch: () => new Response('served'), port: 0, ...options});
  t.after(() => served.close());
  return served;
}

/** The other end of each connection that sends a request from now on. */
function serverSockets(t: TestContext): Set<Socket> {
  const sockets = new Set<Socket>();
  const note = (message: unknown) => sockets.add((message as {socket: Socket}).socket);
  subscribe('http.server.request.start', note);
  t.after(() => unsubscribe('http.server.request.start', note));
  return sockets;
}

const listeners = (socket: Socket) =>
  socket.eventNames().reduce((count, name) => count + socket.listenerCount(name as string), 0);

/** A connection from this address of the loopback network, and whether it was let in. */
async function from(t: TestContext, address: string, {port}: Served): Promise<boolean> {
  const socket = connect({port, host: '127.0.0.1', localAddress: address});
  t.after(() => socket.destroy());
  socket.on('error', () => {}); // The close follows.
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  return Promise.race([once(socket, 'data').then(() => true), once(socket, 'close').then(() => false)]);
}

describe('serve() for strangers', {timeout: 120_000}, () => {
  for (const protocol of ['h2c', 'TLS/1.0', 'WebSocket2', '']) {
    test(`a connection that asks for "${protocol}" again and again is served, and leaves nothing behind`, async t => {
      const sockets = serverSockets(t);
      const served = await start(t, {upgrade: () => false});
      const raw = new Raw(t, served);
      const turn = async () => {
        raw.chunks.length = 0;
        raw.send('GET /x HTTP/1.1', 'Host: x', 'Connection: Upgrade', `Upgrade: ${protocol}`, '', '');
        await raw.until(/served$/);
      };
      await turn();
      const [socket] = sockets;
      const before = listeners(socket!);
      for (let turns = 0; turns < 50; turns++) await turn();
      assert.equal(sockets.size, 1);
      assert.equal(listeners(socket!), before);
    });
  }

  test('one address holds as many connections as it may, and others are served', async t => {
    const served = await start(t, {limits: {perAddress: 3, grace: 100}});
    for (let held = 0; held < 3; held++) assert.ok(await from(t, '127.0.0.2', served));
    assert.equal(await from(t, '127.0.0.2', served), false);
    assert.ok(await from(t, '127.0.0.3', served));
  });

  test('a connection that ends makes room for another of its address', async t => {
    const served = await start(t, {limits: {perAddress: 1, grace: 100}});
    const first = new Raw(t, served).send('GET / HTTP/1.1', 'Host: x', '', '');
    await first.until(/served/);
    assert.equal(await from(t, '127.0.0.1', served), false);
    first.socket.end();
    await first.closed;
    while (!(await from(t, '127.0.0.1', served))) await new Promise(setImmediate);
  });

  test('a WebSocket counts until its visitor is known', async t => {
    const sockets = new WebSocketServer({noServer: true});
    const served = await start(t, {
      limits: {perAddress: 1, grace: 100},
      upgrade(request, socket, head, known) {
        sockets.handleUpgrade(request, socket, head, each => each.on('message', known));
        return true;
      },
    });
    const visitor = new WebSocket(served.url);
    t.after(() => visitor.terminate());
    await once(visitor, 'open');
    assert.equal(await from(t, '127.0.0.1', served), false);
    visitor.send('a token');
    while (!(await from(t, '127.0.0.1', served))) await new Promise(setImmediate);
  });

  test('no header is dropped, however many there are', async t => {
    const told: (string | null)[] = [];
    const served = await start(t, {
      fetch(request) {
        told.push(request.headers.get('x-forwarded-for'));
        return new Response('served');
      },
    });
    for (const many of [0, 997, 1997, 3500]) {
      const raw = new Raw(t, served);
      const lines = Array.from({length: many}, () => 'a:');
      raw.send(
        'GET / HTTP/1.1',
        'Host: x',
        'X-Forwarded-For: 203.0.113.1',
        ...lines,
        'X-Forwarded-For: 192.0.2.1',
        '',
        '',
      );
      await raw.until(/served$/);
      assert.equal(told.pop(), '203.0.113.1, 192.0.2.1', String(many));
    }
  });
});

describe('ConnectionLimit', () => {
  /** How many of these addresses are taken, one after the other. */
  const taken = (most: number, addresses: string[]) => {
    const limit = new ConnectionLimit(most);
    return addresses.filter(address => limit.take(address)).length;
  };
  const many = (count: number, of: (index: number) => string) => Array.from({length: count}, (_, index) => of(index));
  const hex = (index: number) => index.toString(16);

  test('counts an IPv4 address for itself, in both of its forms', () => {
    assert.equal(taken(2, ['192.0.2.1', '::ffff:192.0.2.1', '192.0.2.1', '192.0.2.2']), 3);
  });

  test('counts all addresses of an IPv6 /64 as one', () => {
    assert.equal(taken(2, ['2001:db8::1', '2001:db8::2', '2001:db8:0:0:ffff::3', '2001:db8:0:1::1']), 3);
    assert.equal(taken(2, ['fe80::1%eth0', 'fe80::2%eth0', 'fe80::3', '::1']), 3);
  });

  test('lets all of an IPv6 /56 have twice as many', () => {
    assert.equal(
      taken(
        2,
        many(256, index => `2001:db8:0:${hex(index)}::1`),
      ),
      4,
    );
    assert.equal(
      taken(
        2,
        many(16, index => `2001:db8:0:${hex(index)}00::1`),
      ),
      16,
    );
  });

  test('counts no longer what was given back, even if it is given back twice', () => {
    const limit = new ConnectionLimit(1);
    for (const address of ['192.0.2.1', '2001:db8::1']) {
      const back = limit.take(address)!;
      assert.equal(limit.take(address), undefined);
      back();
      const again = limit.take(address)!;
      back();
      assert.equal(limit.take(address), undefined);
      again();
    }
  });

  test('has no limit with 0', () => {
    assert.equal(
      taken(
        0,
        many(1000, () => '192.0.2.1'),
      ),
      1000,
    );
  });
});
