import assert from 'node:assert/strict';
import {after, before, describe, it, type TestContext} from 'node:test';
import {engineRooms} from '../../../src/engines/engine-rooms.js';
import {jsonDirectory} from '../../../src/engines/json-directory.js';
import {janusPeople} from '../../../src/engines/janus-people.js';
import {janusEvents} from '../../../src/engines/node/janus-events.js';
import type {LogEntry} from '../../../src/proxy/proxy.js';
import {JANUS, janusAt, startJanus, type JanusServer} from '../../helpers/engines/janus.js';
import {visit} from '../../helpers/engines/janus-client.js';
import {tampered} from '../../helpers/engines/keys.js';
import {inNamespace, needs} from '../../helpers/engines/namespace.js';
import {until as patiently} from '../../helpers/engines/until.js';

const NEEDS = needs('JANUS');
await inNamespace(import.meta.url, NEEDS);

const people = janusPeople(JANUS.tokenSecret);
const ANN = {name: 'Ann', role: 'participant' as const, user_ref: 'ann'};
const BOB = {name: 'Bob', role: 'viewer' as const, user_ref: 7};
const LIST = [
  {room_id: 'lobby', name: 'Lobby', settings: {participants: 30}},
  {room_id: 'other', name: 'Other', settings: {participants: 30}},
];

/** Waits until something is so, for at most 10 s. */
const until = (what: string, isSo: () => boolean | Promise<boolean>) => patiently(what, isSo, 10_000);

/** Rooms at the Janus, which tells of its people, unless `events` is false. */
async function roomsAt(t: TestContext, {lifetime = 60, events: isTold = true} = {}) {
  const log: LogEntry[] = [];
  const events = isTold ? janusEvents(JANUS.events) : undefined;
  // As a directory that can be changed.
  const directory = {...jsonDirectory(LIST), writable: true, remove: async () => {}};
  const rooms = engineRooms({directory, engine: janusAt({events, lifetime}), log: entry => log.push(entry)});
  await rooms.start();
  t.after(() => rooms.stop());
  if (events) await until('Janus connects.', () => events.connected);
  const names = async (room = 'lobby') => (await rooms.users(room)).map(({name}) => name).sort();
  return {rooms, log, events, names};
}

describe('rooms at a real Janus', NEEDS, () => {
  let server: JanusServer;
  // One server for all tests: each of them leaves its rooms empty.
  before(async () => {
    server = await startJanus();
  });
  after(() => server.end());

  it('know who is inside and which rooms are in use, and forget who left', async t => {
    const {rooms, names} = await roomsAt(t);
    assert.deepEqual(await names(), []);
    const [ann, bob] = await Promise.all(
      [ANN, BOB].map(async each => visit(await rooms.token('lobby', each), each.name)),
    );
    assert.deepEqual([ann!.refused, bob!.refused], [undefined, undefined]);
    const users = await rooms.users('lobby');
    assert.deepEqual(
      users.sort((a, b) => a.name.localeCompare(b.name)),
      [ANN, BOB],
    );
    const active = async () => (await rooms.list()).map(({isRoomActive = false}) => isRoomActive);
    assert.deepEqual(await active(), [true, false]);
    await assert.rejects(rooms.remove('lobby'), {code: 'room_active'});
    await ann!.leave();
    await until('Ann has left.', async () => String(await names()) === 'Bob');
    await bob!.leave();
    await until('Nobody is there.', async () => !(await active())[0]);
  });

  it('let one person in for one token, of twenty who try it at once', async t => {
    const {rooms, names} = await roomsAt(t);
    const issued = await rooms.token('lobby', ANN);
    assert.equal(issued.once, true);
    const visits = await Promise.all(Array.from({length: 20}, () => visit(issued, 'Ann')));
    assert.equal(visits.filter(({refused}) => refused === undefined).length, 1);
    assert.deepEqual(await names(), ['Ann']);
    await Promise.all(visits.map(each => each.leave()));
    await until('Nobody is there.', async () => (await names()).length === 0);
    const again = await visit(issued, 'Ann');
    assert.equal(again.refused, 433);
  });

  it('put out whoever takes another name or another id than their token is for', async t => {
    const {rooms, names} = await roomsAt(t);
    const liar = await visit(await rooms.token('lobby', BOB), 'Ann');
    await liar.kicked();
    const {id} = (await rooms.token('lobby', ANN)).connection as {id: string};
    const other = await visit(await rooms.token('lobby', BOB), 'Ann', {id});
    await other.kicked();
    const stranger = await visit(await rooms.token('lobby', ANN), 'Ann', {id: 'ann'});
    await stranger.kicked();
    assert.deepEqual(await names(), []);
    await Promise.all([liar, other, stranger].map(each => each.leave()));
  });

  it('let nobody in with a token that is expired, tampered with, of another room, or without a pass', async t => {
    const {rooms, names} = await roomsAt(t, {lifetime: 1});
    const issued = await rooms.token('lobby', ANN);
    const {pass, room} = issued.connection as {pass: string; room: string};
    const changed = pass.replace(/^\d/, digit => String((Number(digit) % 9) + 1));
    const elsewhere = (await rooms.token('other', ANN)).connection as {room: string};
    const past = `1,janus,janus.plugin.videoroom:${pass.split(':')[1]}`;
    const tries = {
      tampered: await visit(issued, 'Ann', {token: tampered(issued.token)}),
      foreign: await visit(issued, 'Ann', {room: elsewhere.room}),
      'without a pass': await visit(issued, 'Ann', {pass: ''}),
      'with a tampered pass': await visit(issued, 'Ann', {pass: changed}),
      'with a pass of the past': await visit(issued, 'Ann', {pass: past}),
    };
    const codes = Object.entries(tries).map(([what, {refused}]) => [what, refused]);
    assert.deepEqual(Object.fromEntries(codes), {
      tampered: 433,
      foreign: 433,
      'without a pass': 403,
      'with a tampered pass': 403,
      'with a pass of the past': 403,
    });
    const list = async () => {
      const request = {request: 'allowed', action: 'remove', room, allowed: [], secret: await people.secretOf(room)};
      return (await server.ask<{allowed: string[]}>(request)).allowed;
    };
    await until('Janus forgets what has expired.', async () => !(await list()).includes(issued.token));
    assert.equal((await visit(issued, 'Ann')).refused, 433);
    assert.deepEqual(await names(), []);
  });

  it('are gone at Janus when they are removed, and are hidden from strangers before', async t => {
    const {rooms} = await roomsAt(t);
    const issued = await rooms.token('lobby', ANN);
    const {room} = issued.connection as {room: string};
    assert.match(room, /^lobby-[\w-]{22}$/);
    const exists = async () => (await server.ask({request: 'exists', room})).exists;
    assert.equal(await exists(), true);
    assert.deepEqual((await server.ask({request: 'list'})).list, []);
    await rooms.remove('lobby');
    assert.equal(await exists(), false);
    assert.equal((await visit(issued, 'Ann')).refused, 426);
  });

  it('are opened again after Janus was killed and started again', async t => {
    const {rooms, names, events} = await roomsAt(t);
    const before = await visit(await rooms.token('lobby', ANN), 'Ann');
    await server.kill();
    await until('The events have ended.', () => !events!.connected);
    await assert.rejects(rooms.token('lobby', ANN), {code: 'offline'});
    await server.start();
    await until('Janus connects.', () => events!.connected);
    assert.deepEqual(await names(), []);
    const after = await visit(await rooms.token('lobby', ANN), 'Ann');
    assert.deepEqual([before.refused, after.refused], [undefined, undefined]);
    assert.deepEqual(await names(), ['Ann']);
    await after.leave();
  });

  it('give no tokens while Janus sends no events, and catch up when it does', async t => {
    const first = await roomsAt(t);
    const [issued, other] = [await first.rooms.token('lobby', ANN), await first.rooms.token('lobby', BOB)];
    await first.rooms.stop();
    await assert.rejects(first.rooms.token('lobby', ANN), {code: 'platform_down'});
    assert.match(JSON.stringify(first.log), /It sends us no events/);
    const ann = await visit(issued, 'Ann');
    const liar = await visit(other, 'Ann', {id: 'bob'});
    assert.deepEqual([ann.refused, liar.refused], [undefined, undefined]);
    const {names} = await roomsAt(t);
    await liar.kicked();
    assert.deepEqual(await names(), ['Ann']);
    await ann.leave();
    await until('Nobody is there.', async () => (await names()).length === 0);
    assert.equal((await visit(issued, 'Ann')).refused, 433);
  });

  it('say that a token can be used again if Janus sends no events at all, and have no viewers', async t => {
    const {rooms} = await roomsAt(t, {events: false});
    const issued = await rooms.token('lobby', ANN);
    assert.equal(issued.once, false);
    for (let i = 0; i < 2; i++) {
      const ann = await visit(issued, 'Ann');
      assert.equal(ann.refused, undefined);
      await ann.leave();
      await until('She has left.', async () => (await rooms.users('lobby')).length === 0);
    }
    await assert.rejects(rooms.token('lobby', BOB), {code: 'denied', key: 'role'});
  });

  for (const [what, but] of [
    ['admin_secret', {adminSecret: 'wrong'}],
    ['admin_key', {adminKey: 'wrong'}],
  ] as const) {
    it(`tell the operator of a wrong ${what}, and quote no secret`, async t => {
      const log: LogEntry[] = [];
      const engine = janusAt(but);
      const rooms = engineRooms({directory: jsonDirectory(LIST), engine, log: entry => log.push(entry)});
      t.after(() => rooms.stop());
      await assert.rejects(rooms.token('lobby', ANN), {code: 'unauthorized'});
      assert.match(JSON.stringify(log), /janus: It refuses our secrets/);
      assert.doesNotMatch(JSON.stringify(log), /canary|wrong/);
    });
  }
});
