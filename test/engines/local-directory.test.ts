import assert from 'node:assert/strict';
import {describe, it, type TestContext} from 'node:test';
import {engineRooms} from '../../src/engines/engine-rooms.js';
import type {Engine} from '../../src/engines/engine.js';
import {vonage} from '../../src/engines/vonage.js';
import {localDirectory, openDirectory} from '../../src/platform/platform.js';
import type {Directory} from '../../src/rooms/directory.js';
import type {LogEntry} from '../../src/upstream/upstream.js';
import {privateKey} from '../helpers/engines/keys.js';
import {livekitAt, livekitDouble, type LivekitDouble} from '../helpers/engines/livekit.js';
import {recorder} from '../helpers/engines/recorder.js';
import {freshDatabase, freshPlace} from '../helpers/platform/place.js';
import {until} from '../helpers/platform/start.js';

const MINUTE = 60_000;
const NOON = Date.UTC(2030, 0, 7, 12);
const ANN = {name: 'Ann', role: 'participant' as const, user_ref: 'ann'};
const BOB = {...ANN, name: 'Bob', user_ref: 'bob'};
const LOBBY = {name: 'Lobby', owner_ref: 'alice', settings: {participants: 2}};

/** A database with an application `shop`, and a clock that tests move. */
async function world(t: TestContext) {
  const database = await freshDatabase(t, 'shop');
  const time = {now: NOON};
  const directory = (application = 'shop') => localDirectory(database, {application, clock: () => time.now});
  return {database, time, directory};
}

/** The rooms of that application at an engine, as one process has them. */
function processAt(directory: Directory, engine: Engine | Record<string, Engine>) {
  const log: LogEntry[] = [];
  return {rooms: engineRooms({directory, engine, log: entry => log.push(entry)}), log};
}

async function atLivekit(t: TestContext) {
  const server = await livekitDouble(t);
  const {database, time, directory} = await world(t);
  return {server, database, time, directory, ...processAt(directory(), livekitAt(server))};
}

const calls = (server: LivekitDouble, method: string) => server.calls().filter(call => call === method).length;

describe('rooms in a database, at an engine', () => {
  it('give tokens by the settings of the room if those of the running session are damaged', async t => {
    const {rooms, database} = await atLivekit(t);
    const {room_id} = await rooms.create(LOBBY);
    await rooms.token(room_id, ANN);
    await database.all(`update engine_sessions set definition = '{'`);
    assert.ok((await rooms.token(room_id, BOB)).token);
  });

  it('are made, changed and deleted by the rules of the local platform', async t => {
    const {rooms, server} = await atLivekit(t);
    const {room_id, created, service_id, settings} = await rooms.create(LOBBY);
    assert.deepEqual(
      [created, service_id, settings.participants, settings.mode],
      [new Date(NOON).toISOString(), 'shop', 2, 'group'],
    );
    await rooms.update(room_id, {name: 'Foyer'});
    assert.deepEqual(
      (await rooms.list()).map(({name, owner_ref}) => [name, owner_ref]),
      [['Foyer', 'alice']],
    );
    await assert.rejects(rooms.create({...LOBBY, settings: {moderators: 9}}), {key: 'settings.moderators'});
    await assert.rejects(rooms.update(room_id, {settings: {mode: 'lecture'}}), {code: 'not_editable', result: 10106});
    await rooms.remove(room_id);
    await assert.rejects(rooms.get(room_id), {code: 'not_found'});
    assert.equal(calls(server, 'DeleteRoom'), 1);
  });

  it('open a quarter of an hour before their time, and close at their end', async t => {
    const {rooms, time} = await atLivekit(t);
    const settings = {scheduled: true, scheduled_time: '2030-01-07 14:00:00', duration: 60};
    const {room_id} = await rooms.create({...LOBBY, settings});
    await assert.rejects(rooms.token(room_id, ANN), {code: 'not_open_yet'});
    time.now = NOON + 105 * MINUTE;
    await rooms.token(room_id, ANN);
    time.now = NOON + 181 * MINUTE;
    await assert.rejects(rooms.token(room_id, ANN), {code: 'over'});
  });

  it('cannot be deleted while somebody is inside', async t => {
    const {rooms, server} = await atLivekit(t);
    const {room_id} = await rooms.create(LOBBY);
    server.join((await rooms.token(room_id, ANN)).token);
    await assert.rejects(rooms.remove(room_id), {code: 'room_active', result: 50004});
    assert.equal(calls(server, 'DeleteRoom'), 0);
    assert.equal((await rooms.get(room_id)).isRoomActive, true);
  });

  it('keep the seats that they had when their session began, in every process', async t => {
    const {rooms, server, time, directory} = await atLivekit(t);
    const other = processAt(directory(), livekitAt(server)).rooms;
    const {room_id} = await rooms.create(LOBBY);
    const ann = (await rooms.token(room_id, ANN)).token;
    for (const token of [ann, (await rooms.token(room_id, BOB)).token]) server.join(token);
    await rooms.list();
    await rooms.update(room_id, {settings: {participants: 9}});
    await assert.rejects(other.token(room_id, BOB), {code: 'room_full'});
    time.now += MINUTE;
    server.rooms.set(room_id, []);
    await other.token(room_id, BOB);
    for (const name of ['a', 'b', 'c']) server.join((await rooms.token(room_id, {...ANN, name})).token);
    await rooms.token(room_id, ANN);
  });

  it('belong to one application', async t => {
    const {rooms, server, database, directory} = await atLivekit(t);
    const {room_id} = await rooms.create(LOBBY);
    await database.all(`insert into applications (id, key_hash, secret, created) values ('other', '', '', 0)`);
    const theirs = processAt(directory('other'), livekitAt(server)).rooms;
    assert.deepEqual(await theirs.list(), []);
    await assert.rejects(theirs.get(room_id), {code: 'not_found'});
    await assert.rejects(theirs.remove(room_id), {code: 'not_found'});
    assert.equal((await rooms.list()).length, 1);
  });
});

describe('an ad hoc room in a database', () => {
  it('is over when its first session has ended, and is then deleted, at the vendor, too', async t => {
    const {rooms, server, database, time} = await atLivekit(t);
    const {room_id} = await rooms.create({...LOBBY, settings: {adhoc: true}});
    const {token} = await rooms.token(room_id, ANN);
    server.join(token);
    assert.equal((await rooms.list())[0]!.isRoomActive, true);
    time.now += MINUTE;
    server.leave(token);
    assert.deepEqual(await rooms.list(), []);
    await assert.rejects(rooms.token(room_id, ANN), {code: 'not_found'});
    await until(async () => (await database.all('select 1 from rooms')).length === 0);
    assert.equal(server.rooms.has(room_id), false);
  });

  it('lives for its duration, and through a session that lasts longer', async t => {
    const {rooms, server, time} = await atLivekit(t);
    const {room_id} = await rooms.create({...LOBBY, settings: {adhoc: true, duration: 30}});
    const {token} = await rooms.token(room_id, ANN);
    server.join(token);
    await rooms.list();
    time.now += 10 * MINUTE;
    server.leave(token);
    assert.equal((await rooms.list()).length, 1);
    const again = (await rooms.token(room_id, ANN)).token;
    server.join(again);
    await rooms.list();
    time.now += 40 * MINUTE;
    assert.equal((await rooms.list()).length, 1);
    server.leave(again);
    assert.deepEqual(await rooms.list(), []);
  });

  it('is not ended by a process whose numbers are older than the session', async t => {
    const {rooms, server, directory} = await atLivekit(t);
    const {room_id} = await rooms.create({...LOBBY, settings: {adhoc: true}});
    await directory().began(room_id);
    assert.equal(await directory().ended(room_id, 1), false);
    server.join((await rooms.token(room_id, ANN)).token);
    assert.equal((await rooms.get(room_id)).isRoomActive, true);
  });

  it('stays while its vendor fails to close it, and goes later', async t => {
    const {rooms, server, time, directory, database, log} = await atLivekit(t);
    const {room_id} = await rooms.create({...LOBBY, settings: {adhoc: true}});
    await directory().began(room_id);
    time.now += MINUTE;
    const usual = server.answer(request => (request.path.endsWith('DeleteRoom') ? {status: 500} : usual(request)));
    assert.deepEqual(await rooms.list(), []);
    await until(async () => log.some(({message}) => message.startsWith('Rooms that are over are not removed yet')));
    assert.equal((await database.all('select 1 from rooms')).length, 1);
    server.answer(usual);
    await processAt(directory(), livekitAt(server)).rooms.list();
    await until(async () => (await database.all('select 1 from rooms')).length === 0);
  });
});

describe('what the engines of a database lack', () => {
  it('cannot be put into a room', async t => {
    const {rooms} = await atLivekit(t);
    await assert.rejects(rooms.create({...LOBBY, settings: {knock: true}}), {code: 'invalid', key: 'settings.knock'});
    const {room_id} = await rooms.create(LOBBY);
    await assert.rejects(rooms.update(room_id, {settings: {wait_for_moderator: true}}), {
      code: 'invalid',
      key: 'settings.wait_for_moderator',
    });
  });

  it('keeps a room that has it already from giving tokens, and the operator is told', async t => {
    const {rooms, directory, server, log} = await atLivekit(t);
    const {room_id} = await directory().create({...LOBBY, settings: {knock: true}});
    await assert.rejects(rooms.token(room_id, ANN), {code: 'denied', key: 'settings.knock'});
    assert.equal(calls(server, 'CreateRoom'), 0);
    assert.match(log.at(-1)!.message, /gives no tokens: livekit cannot enforce settings\.knock/);
  });
});

describe('several engines of one database', () => {
  it('each have the rooms that were made for them', async t => {
    const [eu, us] = [await livekitDouble(t), await livekitDouble(t)];
    const {directory} = await world(t);
    const {rooms} = processAt(directory(), {eu: livekitAt(eu), us: livekitAt(us)});
    const paris = await rooms.create(LOBBY);
    const boston = await rooms.create({...LOBBY, engine: 'us'});
    assert.equal((await rooms.token(boston.room_id, ANN)).server_url, us.url);
    // The order of the engines may change.
    const later = processAt(directory(), {us: livekitAt(us), eu: livekitAt(eu)}).rooms;
    assert.equal((await later.token(paris.room_id, ANN)).server_url, eu.url);
    await assert.rejects(rooms.create({...LOBBY, engine: 'mars'}), {
      code: 'invalid',
      key: 'engine',
      desc: 'engine must be one of eu, us.',
    });
  });

  it('do not hide the rooms of an engine that is not configured any more, which give no tokens', async t => {
    const server = await livekitDouble(t);
    const {directory} = await world(t);
    const both = processAt(directory(), {eu: livekitAt(server), us: livekitAt(server)}).rooms;
    const {room_id} = await both.create({...LOBBY, engine: 'us'});
    const {rooms} = processAt(directory(), {eu: livekitAt(server)});
    assert.equal((await rooms.list()).length, 1);
    await assert.rejects(rooms.token(room_id, ANN), {code: 'misconfigured'});
    await rooms.remove(room_id);
  });
});

/** A Vonage double that makes a session for each request, after a moment. */
async function atVonage(t: TestContext) {
  const {url, requests, answer} = await recorder(t);
  let made = 0;
  answer(({path}) =>
    path === '/session/create' ? {body: [{session_id: `2_session~${++made}`}]} : {body: {items: []}},
  );
  const engine = () => ({...vonage({applicationId: 'app', privateKey, url}), lag: 0});
  return {engine, made: () => requests.filter(({path}) => path === '/session/create').length};
}

describe('the vendor’s room', () => {
  it('is made once for all processes, and its id is kept with the room', async t => {
    const {engine, made} = await atVonage(t);
    const {directory} = await world(t);
    const processes = [1, 2, 3].map(() => processAt(directory(), engine()).rooms);
    const {room_id} = await processes[0]!.create(LOBBY);
    const issued = await Promise.all(
      processes.flatMap(rooms => [rooms.token(room_id, ANN), rooms.token(room_id, BOB)]),
    );
    assert.deepEqual(new Set(issued.map(({connection}) => (connection as {session_id: string}).session_id)).size, 1);
    assert.equal(made(), 1);
  });

  it('is made by another process if the first one has stopped in the middle', async t => {
    const {engine, made} = await atVonage(t);
    const {directory, database, time} = await world(t);
    const {rooms} = processAt(directory(), engine());
    const {room_id} = await rooms.create(LOBBY);
    await database.all('update rooms set opening = ?', time.now + 20_000);
    const waiting = rooms.token(room_id, ANN);
    assert.equal(made(), 0);
    time.now += 20_001;
    await waiting;
    assert.equal(made(), 1);
  });
});

it('a directory makes its application when it is opened, and opens again with its rooms', async t => {
  let open: Awaited<ReturnType<typeof openDirectory>> | undefined;
  const place = await freshPlace(t, () => open?.close());
  open = await openDirectory(place, {application: 'shop'});
  const {room_id} = await open.create(LOBBY);
  await open.close();
  open = await openDirectory(place, {application: 'shop'});
  assert.equal((await open.get(room_id)).name, 'Lobby');
  await open.close();
  open = undefined;
  await assert.rejects(openDirectory(place, {application: 'a:b'}), {code: 'misconfigured', key: 'id'});
});
