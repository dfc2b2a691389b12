import assert from 'node:assert/strict';
import {once} from 'node:events';
import {createServer, type AddressInfo} from 'node:net';
import {test} from 'node:test';
import pg from 'pg';
import {Connections, NoAnswer} from '../../../src/platform/database/connections.js';

/** A message of Postgres: its kind, and its length with the four bytes of the length. */
function message(kind: string, content: string | Buffer) {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(4 + Buffer.byteLength(content));
  return Buffer.concat([Buffer.from(kind), length, Buffer.from(content)]);
}
const AUTHENTICATED = message('R', Buffer.alloc(4));
const READY = message('Z', 'I');
const ENDED = message('E', 'SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0');

test('a server that ends a connection in the moment in which it opens it ends only that connection', async t => {
  // A real server does this when all its connections are ended while one is made. Who gets the three messages in one
  // packet is told of the end before anybody can listen to the new connection.
  const server = createServer(socket => {
    socket.once('data', () => socket.end(Buffer.concat([AUTHENTICATED, READY, ENDED])));
    socket.on('error', () => {});
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.close());
  const {port} = server.address() as AddressInfo;
  const place = {host: '127.0.0.1', port, user: 'shop', password: '', ssl: false};
  const connections = new Connections(pg, place, 1, {connect: 1000, statement: 1000, lock: 500});
  t.after(() => connections.end());
  for (let tries = 0; tries < 3; tries += 1) {
    await assert.rejects(
      connections.use(line => line.query({text: 'select 1'})),
      error => error instanceof NoAnswer || (error as {code?: string}).code === '57P01',
    );
  }
});
