import assert from 'node:assert/strict';
import {once} from 'node:events';
import {createServer, type IncomingMessage, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {test, type TestContext} from 'node:test';
import {createPlatform, openDatabase} from '../../src/platform/platform.js';
import {checkWebhook, isPrivate} from '../../src/platform/webhooks.js';
import {lent, startPlatform, until, type Json, type World} from '../helpers/platform/start.js';

interface Heard {
  headers: IncomingMessage['headers'];
  body: Json;
}

/** A server of an application. `answers` holds what it does with the next messages; then it takes all. */
async function application(t: TestContext, answers: ((response: ServerResponse) => void)[] = []) {
  const heard: Heard[] = [];
  const server = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    heard.push({headers: request.headers, body: JSON.parse(text) as Json});
    const answer = answers.shift();
    if (answer) answer(response);
    else response.end();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return {heard, port: (server.address() as AddressInfo).port};
}

const waiting = async (world: World) => (await world.database.all('select id from deliveries')).length;

async function endSession(world: World): Promise<string> {
  const room = await world.room();
  await (await world.enter(room)).leave();
  await until(async () => ((await world.call('GET', `/cdr/room/${room}`)).body.cdr as unknown[]).length === 1);
  return room;
}

const AUTH = 'hook:SECRET-9';

test('the end of a session is told to the webhook, with credentials, until it is taken', async t => {
  const {heard, port} = await application(t, [
    response => void response.writeHead(500).end('no'),
    response => void response.writeHead(302, {location: `http://127.0.0.1:${port}/other`}).end(),
    () => {}, // It never answers.
  ]);
  const webhook = {url: `http://127.0.0.1:${port}/hook`, auth: AUTH, allowPrivate: true, retry: 1, timeout: 200};
  const world = await startPlatform(t, {webhook});
  const room = await endSession(world);
  await until(async () => heard.length >= 4 && (await waiting(world)) === 0);
  const [{conf_num}] = (await world.call('GET', `/cdr/room/${room}`)).body.cdr as [Json];
  for (const {headers, body} of heard) {
    const {trans_date, ...rest} = body;
    assert.deepEqual(rest, {type: 'roomdrop', app_id: world.credentials.id, room_id: room, conf_num});
    assert.equal(trans_date, new Date(world.now).toISOString());
    assert.equal(headers.authorization, `Basic ${Buffer.from(AUTH).toString('base64')}`);
    assert.equal(headers['content-type'], 'application/json');
  }
  assert.equal(world.faults.length, 3);
  assert.doesNotMatch(world.faults.map(String).join(), /SECRET/);
});

test('a message that was taken is not sent again if the database fails at that moment, nor after a restart', async t => {
  const {heard, port} = await application(t);
  const database = await openDatabase(':memory:');
  t.after(() => database.close());
  const faults: unknown[] = [];
  const failing = new Set<string>();
  const all: typeof database.all = async (sql, ...values) => {
    const rows = await database.all<never>(sql, ...values);
    for (const word of failing) if (sql.startsWith(word)) throw new Error('away');
    return rows;
  };
  const options = {url: `http://127.0.0.1:${port}`, allowPrivate: true, retry: 1, timeout: 500};
  const log = (error: unknown) => faults.push(error);
  const first = createPlatform({database: {...lent(database), all}, webhook: options, log});
  const {id} = await first.createApplication();
  failing.add('delete from deliveries');
  // What it deletes comes back: another delete must follow, and no second message.
  const put = () => database.all('insert into deliveries values (?, ?, ?, 0, 0)', 'd', id, '{"type":"roomdrop"}');
  await put();
  await until(async () => faults.length > 0);
  await put();
  await until(async () => faults.length > 1);
  await put();
  failing.clear();
  await first.close();
  assert.equal(heard.length, 1);
  assert.deepEqual(await database.all('select id from deliveries'), []);
  assert.deepEqual(faults.map(String), ['Error: away', 'Error: away']);
});

test('messages that were not taken are sent after a restart', async t => {
  const {heard, port} = await application(t);
  const url = `http://127.0.0.1:${port}`;
  const database = await openDatabase(':memory:');
  t.after(() => database.close());
  const faults: unknown[] = [];
  const first = createPlatform({database, webhook: {url}, log: error => faults.push(error)});
  const {id, key} = await first.createApplication();
  await database.all('insert into deliveries values (?, ?, ?, 0, 0)', 'd', id, '{"type":"roomdrop"}');
  await until(async () => faults.length > 0);
  await first.close();
  assert.deepEqual(heard, []);
  await database.all('update deliveries set due = 0');
  const second = createPlatform({database, webhook: {url, allowPrivate: true}});
  await second.createApplication({id, key});
  await until(async () => heard.length === 1);
  await second.close();
});

test('nothing is sent to this computer or a private network, however the address is written', async t => {
  const {heard, port} = await application(t);
  const hosts = [
    '127.0.0.1',
    'localhost',
    '2130706433',
    '0x7f.1',
    '0',
    '[::1]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
  ];
  for (const host of hosts) {
    await t.test(host, async t => {
      const world = await startPlatform(t, {webhook: {url: `http://${host}:${port}/`}});
      await endSession(world);
      await until(async () => world.faults.length > 0);
      const [fault] = world.faults as [Error];
      assert.match(String(fault.cause), /of this computer or of a private network/);
      assert.deepEqual([await waiting(world), heard], [1, []]);
      world.faults.length = 0;
    });
  }
});

test('addresses of this computer, of private networks and of nobody count as private, in every form', () => {
  for (const address of [
    '0.0.0.0',
    '10.1.2.3',
    '100.64.0.1',
    '127.0.0.1',
    '127.255.0.9',
    '169.254.169.254',
    '172.16.0.1',
    '172.31.9.9',
    '192.168.1.1',
    '198.18.0.1',
    '224.0.0.1',
    '255.255.255.255',
    '::',
    '::1',
    '::7f00:1',
    '::ffff:127.0.0.1',
    '::ffff:10.0.0.1',
    '::FFFF:7F00:1',
    '0:0:0:0:0:ffff:a00:1',
    'fc00::1',
    'fd12::1',
    'fe80::1',
    'fe80::1%lo',
    'fec0::1',
    'ff02::1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '2001::1',
  ]) {
    assert.ok(isPrivate(address), address);
  }
  for (const address of [
    '1.1.1.1',
    '100.63.0.1',
    '100.128.0.1',
    '172.15.0.1',
    '172.32.0.1',
    '8.8.8.8',
    '2606:4700::1111',
  ]) {
    assert.ok(!isPrivate(address), address);
    assert.ok(address.includes(':') || !isPrivate(`::ffff:${address}`), address);
  }
});

test('an address or credentials that cannot be used safely are refused at start, without a quote of the credentials', () => {
  checkWebhook({url: 'https://shop.example/hook?x=1', auth: AUTH});
  checkWebhook({url: 'http://127.0.0.1/', auth: AUTH, allowPrivate: true});
  for (const options of [
    {url: 'shop.example'},
    {url: 'ftp://shop.example'},
    {url: 'javascript:alert(1)'},
    {url: 'https://SECRET:x@shop.example'},
    {url: 'http://shop.example', auth: AUTH},
    {url: 'https://shop.example', auth: 'SECRET'},
    {url: 'https://shop.example', auth: 'SECRET:a\nb'},
  ]) {
    assert.throws(
      () => checkWebhook(options),
      ({code, message, desc}: Error & {code: string; desc: string}) =>
        code === 'misconfigured' && !/SECRET/.test(message + desc),
    );
  }
});
