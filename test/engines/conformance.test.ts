/**
 * Holds the rooms of each video engine to the statements of `test/conformance/README.md`. What needs nobody inside is
 * asked over HTTP by the suite itself. What needs people is tried here: they come in by tokens of the engine, at a double
 * in the vendor's place.
 */
import assert from 'node:assert/strict';
import {describe, it, type TestContext} from 'node:test';
import {engineRooms} from '../../src/engines/engine-rooms.js';
import {jsonDirectory} from '../../src/engines/json-directory.js';
import {localDirectory} from '../../src/platform/platform.js';
import type {Holder} from '../../src/rooms/admission.js';
import {vendorDouble, NAMES, type VendorName} from '../helpers/engines/vendors.js';
import {serveRooms} from '../helpers/engines/rooms-server.js';
import {freshDatabase} from '../helpers/platform/place.js';
import {runSuite} from '../conformance/run-suite.js';

const MINUTE = 60_000;
const NOON = Date.UTC(2030, 0, 7, 12);
const ANN: Holder = {name: 'Ann', role: 'participant', user_ref: 'ann'};
const BOB: Holder = {name: 'Bob', role: 'participant', user_ref: 'bob'};

/** Engines that never say who is inside. */
const BLIND: VendorName[] = ['Jitsi', 'JaaS'];

describe('the suite for the Rooms API, against rooms at an engine', {concurrency: 2}, () => {
  // JaaS differs from Jitsi in its tokens alone. For another database, two are enough: one of them keeps ids there.
  const tried: VendorName[] = process.env.DATABASE_URL ? ['LiveKit', 'Vonage'] : NAMES.filter(name => name !== 'JaaS');
  for (const name of tried) {
    it(`passes with ${name}`, async t => {
      const {engine} = await vendorDouble(t, name);
      const {code, failed, passed, output} = await runSuite(await serveRooms(t, engine));
      assert.deepEqual(failed, [], output);
      assert.equal(code, 0);
      assert.ok(passed > 60, `${passed} tests passed`);
    });
  }
});

/** Rooms in a database, at an engine whose vendor is a double. */
async function world(t: TestContext, name: VendorName) {
  const double = await vendorDouble(t, name);
  const database = await freshDatabase(t, 'shop');
  const time = {now: NOON};
  const directory = localDirectory(database, {application: 'shop', clock: () => time.now});
  // Rooms that are over may still be taken away when the double has stopped.
  const rooms = engineRooms({directory, engine: double.engine, log: () => {}});
  const make = async (settings: object = {}) => {
    const all = {participants: 2, ...settings};
    return (await rooms.create({name: 'Lobby', owner_ref: 'alice', settings: all})).room_id;
  };
  /** Comes in by a token of their own. Returns how to leave, after which some time passes. */
  const enter = async (room: string, who: Holder) => {
    const leave = double.enter(await rooms.token(room, who), who.name);
    // Whoever lists the rooms, the proxy among them, tells the directory.
    await rooms.list();
    return () => {
      time.now += MINUTE;
      leave();
    };
  };
  const isActive = async (room: string) => (await rooms.get(room)).isRoomActive ?? false;
  return {...double, rooms, make, enter, time, isActive};
}

for (const name of NAMES.filter(name => !BLIND.includes(name))) {
  describe(`people at ${name}`, () => {
    it('U1 U2 U5 are listed while they are inside, by name', async t => {
      const {rooms, make, enter, isActive} = await world(t, name);
      const room = await make();
      const names = async () => (await rooms.users(room)).map(({name}) => name);
      assert.deepEqual([await names(), await isActive(room)], [[], false]);
      const [ann, bob] = [await enter(room, ANN), await enter(room, BOB)];
      assert.deepEqual([await names(), await isActive(room)], [['Ann', 'Bob'], true]);
      ann();
      assert.deepEqual([await names(), await isActive(room)], [['Bob'], true]);
      bob();
      assert.deepEqual([await names(), await isActive(room)], [[], false]);
    });

    it('R10 R11 keep their room from being deleted; then it goes, at the vendor, too', async t => {
      const {rooms, make, enter, places} = await world(t, name);
      const room = await make();
      const leave = await enter(room, ANN);
      await assert.rejects(rooms.remove(room), {code: 'room_active', result: 50004});
      assert.equal(places.size, 1);
      leave();
      await rooms.token(room, ANN);
      await rooms.remove(room);
      await assert.rejects(rooms.get(room), {code: 'not_found'});
      // A session at Vonage is an id, and nothing that could be closed.
      assert.equal(places.size, name === 'Vonage' ? 1 : 0);
    });

    it('R8 keep the limits with which their session began', async t => {
      const {rooms, make, enter} = await world(t, name);
      const room = await make({participants: 1});
      const leave = await enter(room, ANN);
      await rooms.update(room, {settings: {participants: 2}});
      await assert.rejects(rooms.token(room, BOB), {code: 'room_full'});
      leave();
      await rooms.list();
      await enter(room, ANN);
      await rooms.token(room, BOB);
    });

    it('R13 end an ad hoc room when the last of them leaves', async t => {
      const {rooms, make, enter} = await world(t, name);
      const room = await make({adhoc: true});
      const [ann, bob] = [await enter(room, ANN), await enter(room, BOB)];
      ann();
      assert.equal((await rooms.list()).length, 1);
      bob();
      assert.deepEqual(await rooms.list(), []);
      await assert.rejects(rooms.token(room, ANN), {code: 'not_found'});
    });

    it('T13 T14 fill the seats of their role, until they leave', async t => {
      const {rooms, make, enter, engine} = await world(t, name);
      const room = await make();
      await enter(room, ANN);
      const leave = await enter(room, BOB);
      await assert.rejects(rooms.token(room, BOB), {code: 'room_full', result: 10114});
      if (engine.enforces.moderator) await rooms.token(room, {...BOB, role: 'moderator'});
      leave();
      await rooms.token(room, BOB);
    });

    it('T18 keep a scheduled room open after its end', async t => {
      const {rooms, make, enter, time} = await world(t, name);
      const room = await make({scheduled: true, scheduled_time: '2030-01-07 12:10:00', duration: 30});
      const leave = await enter(room, ANN);
      time.now = NOON + 41 * MINUTE;
      await rooms.token(room, BOB);
      leave();
      await assert.rejects(rooms.token(room, BOB), {code: 'over', result: 10112});
    });
  });
}

for (const name of NAMES) {
  describe(`rooms at ${name}`, () => {
    it('T17 give no token before their time, and open nothing at the vendor', async t => {
      const {rooms, make, places} = await world(t, name);
      const room = await make({scheduled: true, scheduled_time: '2030-01-07 18:00:00', duration: 30});
      await assert.rejects(rooms.token(room, ANN), {code: 'not_open_yet', result: 10113});
      assert.equal(places.size, 0);
    });

    it('are a thousand, and their people are counted with one call', async t => {
      const {engine, requests} = await vendorDouble(t, name);
      const list = Array.from({length: 1000}, (_, n) => ({room_id: `room-${n}`, name: `Room ${n}`}));
      const directory = {...jsonDirectory(list), vendorId: async () => undefined};
      const rooms = engineRooms({directory, engine});
      assert.equal((await rooms.list()).length, 1000);
      // Vonage is asked only for rooms that have a session.
      assert.equal(requests.length, [...BLIND, 'Vonage'].includes(name) ? 0 : 1);
    });
  });
}
