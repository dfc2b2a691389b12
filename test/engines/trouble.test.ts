import assert from 'node:assert/strict';
import {describe, it, type TestContext} from 'node:test';
import {engineRooms} from '../../src/engines/engine-rooms.js';
import {jsonDirectory} from '../../src/engines/json-directory.js';
import {localDirectory} from '../../src/platform/platform.js';
import {tokenProxy, type LogEntry} from '../../src/proxy/proxy.js';
import type {RoomsErrorCode} from '../../src/rooms/errors.js';
import {claimsOf, type Recorded, type Recorder} from '../helpers/engines/recorder.js';
import {NAMES, SECRET, vendorDouble, type VendorName} from '../helpers/engines/vendors.js';
import {freshDatabase} from '../helpers/platform/place.js';

// What goes wrong at a vendor, at each of them: one sentence for the operator, and one with a stable code for the visitor.

type Answer = Parameters<Recorder['answer']>[0];

/** Engines that ask their vendors nothing: their tokens are signed here, and what is wrong shows when somebody joins. */
const SILENT: VendorName[] = ['Jitsi', 'JaaS'];
const ASKING = NAMES.filter(name => !SILENT.includes(name));

const DOWN = 'The video platform cannot be used right now.';

/** A proxy for guests in front of rooms at a double of this vendor, and what the operator is told. */
async function shop(t: TestContext, name: VendorName, options: Parameters<typeof vendorDouble>[2] = {}) {
  const double = await vendorDouble(t, name, options);
  const database = await freshDatabase(t, 'shop');
  const directory = localDirectory(database, {application: 'shop'});
  const log: LogEntry[] = [];
  const rooms = engineRooms({directory, engine: double.engine, log: entry => log.push(entry)});
  const proxy = tokenProxy({
    rooms,
    guests: {roles: ['participant']},
    origins: ['https://shop.example'],
    limits: false,
    cache: 0,
    log: entry => log.push(entry),
  });
  const {room_id} = await rooms.create({name: 'Lobby', owner_ref: 'alice', settings: {participants: 5}});
  /** What a visitor gets who presses the button. */
  async function press() {
    const headers = {'x-rooms-client': 'test', 'content-type': 'application/json', origin: 'https://shop.example'};
    const body = JSON.stringify({role: 'participant', name: 'Ann'});
    const request = new Request(`https://api.shop.example/rooms/${room_id}/tokens`, {method: 'POST', headers, body});
    const answer = await proxy(request);
    const {token, code, error} = (await answer.json()) as Record<string, string>;
    return {status: answer.status, wait: answer.headers.get('retry-after'), token, code, error};
  }
  /** The errors that the operator read, each sentence once. */
  const told = () => [...new Set(log.filter(({level}) => level === 'error').map(({message}) => message))];
  return {...double, directory, rooms, room_id, press, log, told};
}

/** How long a vendor may take that never answers, in ms. Others have the usual time, since the machine may be busy. */
const PATIENCE = 1_000;

const TROUBLES: [what: string, answer: Answer, code: RoomsErrorCode, sentence: RegExp][] = [
  ['is down', () => ({status: 503, body: 'canary-text'}), 'platform_down', /: It fails \(status 503\)\.$/],
  ['never answers', () => new Promise(() => {}), 'timeout', /: No answer within 1000 ms\.$/],
  [
    'is not at this address',
    () => ({status: 404, body: 'canary-text'}),
    'bad_reply',
    /: There is no \w+ at this address \(status 404\)\.$/,
  ],
  ['answers with a page', () => ({body: '<!doctype html>canary-text'}), 'bad_reply', /not an answer of \w+\.$/],
  [
    'refuses our credentials',
    () => ({status: 401, body: 'canary-text'}),
    'unauthorized',
    /: It refuses our credentials \(status 401\)\. Check them, and the clock of this machine\.$/,
  ],
  [
    'asks us to wait',
    () => ({status: 429, headers: {'retry-after': '7'}, body: 'canary-text'}),
    'rate_limited',
    /: It asks us to wait\.$/,
  ],
];

for (const [what, answer, code, sentence] of TROUBLES) {
  const options = code === 'timeout' ? {timeout: PATIENCE} : {};
  describe(`a vendor that ${what}`, {concurrency: true}, () => {
    for (const name of ASKING) {
      it(`costs the visitor a token, and the operator reads why: ${name}`, async t => {
        const {press, told, log, answer: answers} = await shop(t, name, options);
        answers(answer);
        const {status, error, wait, token, ...got} = await press();
        assert.deepEqual([got.code, error, token], ['platform_down', DOWN, undefined]);
        if (code === 'rate_limited') assert.ok(status === 503 && Number(wait) > 4 && Number(wait) <= 7, wait!);
        const [first, ...others] = told();
        assert.match(first!, sentence);
        assert.match(first!, new RegExp(`^${name}: `, 'i'));
        assert.deepEqual(others, []);
        assert.equal(log.find(({level}) => level === 'error')!.code, code);
        assert.doesNotMatch(JSON.stringify([log, error]), new RegExp(`canary-text|${SECRET}|PRIVATE`));
      });
    }

    for (const name of SILENT) {
      it(`is not asked, so the visitor gets a token: ${name}`, async t => {
        const {press, requests, told, answer: answers} = await shop(t, name);
        answers(answer);
        assert.equal((await press()).status, 200);
        assert.deepEqual([requests, told()], [[], []]);
      });

      it(`is found by the doctor, who asks for the script of pages: ${name}`, async t => {
        const {rooms, told, answer: answers} = await shop(t, name, options);
        await rooms.check(name.toLowerCase());
        answers(answer);
        await assert.rejects(rooms.check(name.toLowerCase()), {code});
        assert.equal(told().length, 1);
      });
    }
  });
}

/** What makes something at the vendor. */
const IS_WRITE: Partial<Record<VendorName, (request: Recorded) => boolean>> = {
  LiveKit: ({path}) => path.endsWith('/CreateRoom'),
  Daily: ({method}) => method === 'POST',
  Twilio: ({method}) => method === 'POST',
  Vonage: ({method}) => method === 'POST',
  RealtimeKit: ({method}) => method === 'POST',
  BigBlueButton: ({path}) => path.startsWith('/create'),
  Janus: ({body}) => body.includes('"create"'),
};

describe('a vendor that fails while it makes a room', () => {
  for (const [name, isWrite] of Object.entries(IS_WRITE)) {
    it(`is asked once, gives no token, and makes it at the next press: ${name}`, async t => {
      const {press, requests, places, told, answer} = await shop(t, name as VendorName);
      const usual = answer(request => (isWrite(request) ? {status: 500} : usual(request)));
      assert.equal((await press()).code, 'platform_down');
      assert.deepEqual([requests.filter(isWrite).length, places.size, told().length], [1, 0, 1]);
      answer(usual);
      assert.equal((await press()).status, 200);
      assert.equal(places.size, 1);
    });

    it(`and refuses so many people, tells the operator of the room and its seats: ${name}`, async t => {
      const {press, room_id, told, answer} = await shop(t, name as VendorName);
      const usual = answer(request => (isWrite(request) ? {status: 400, body: 'canary-text'} : usual(request)));
      assert.deepEqual(await press(), {status: 502, wait: null, token: undefined, code: 'platform_down', error: DOWN});
      const [sentence, ...others] = told();
      assert.match(sentence!, /: It refuses what we sent \(status 400\)\./);
      // BigBlueButton makes its rooms with each token.
      if (name !== 'BigBlueButton')
        assert.ok(sentence!.endsWith(` The room ${room_id} was to have 6 seats.`), sentence);
      assert.deepEqual(others, []);
    });
  }
});

it('a Janus that is another server says so, and no number that it did not send', async t => {
  const {press, told, answer} = await shop(t, 'Janus');
  answer(() => ({body: {hello: 'canary-text'}}));
  await press();
  assert.deepEqual(told(), ['janus: It sent something that is not an answer of Janus.']);
});

describe('a room with more people than the vendor allows', () => {
  const sentence = 'twilio takes at most 50 people into a room.';
  const settings = {participants: 50};

  it('is refused in a list, at start', async t => {
    const {engine} = await vendorDouble(t, 'Twilio');
    const directory = jsonDirectory([{room_id: 'hall', name: 'Hall', settings}]);
    assert.throws(() => engineRooms({directory, engine}), {
      code: 'misconfigured',
      key: 'rooms.0.settings.participants',
      message: `rooms.0.settings.participants: ${sentence} Change it.`,
    });
  });

  it('is refused in a database, when it is made or changed', async t => {
    const {rooms, room_id} = await shop(t, 'Twilio');
    const refusal = {
      code: 'invalid',
      key: 'settings.participants',
      desc: `${sentence} Change it, or choose another engine for this room.`,
    };
    await assert.rejects(rooms.create({name: 'Hall', owner_ref: 'alice', settings}), refusal);
    await assert.rejects(rooms.update(room_id, {settings}), refusal);
    await rooms.update(room_id, {settings: {participants: 49}});
  });

  it('gives no tokens if it was made before, and the operator reads why', async t => {
    const {rooms, directory, engine, told} = await shop(t, 'Twilio');
    const {room_id} = await directory.create({name: 'Hall', owner_ref: 'alice', engine: engine.provider, settings});
    const ann = {name: 'Ann', role: 'participant', user_ref: 'ann'} as const;
    await assert.rejects(rooms.token(room_id, ann), {code: 'denied', key: 'settings.participants'});
    assert.deepEqual(told(), [`The room ${room_id} gives no tokens: ${sentence}`]);
  });

  it('can be left at a vendor that takes more', async t => {
    for (const name of ASKING.filter(name => name !== 'Twilio')) {
      const {rooms} = await shop(t, name);
      await rooms.create({name: 'Hall', owner_ref: 'alice', settings: {participants: 200, max_active_talkers: 8}});
    }
  });
});

describe('a room that the vendor does not know any more', {concurrency: true}, () => {
  for (const name of ASKING) {
    it(`has nobody inside, can be joined again, and can be deleted: ${name}`, async t => {
      const {rooms, room_id, press, enter, places, told} = await shop(t, name);
      const ann = {name: 'Ann', role: 'participant', user_ref: 'ann'} as const;
      enter(await rooms.token(room_id, ann), 'Ann');
      assert.equal((await rooms.get(room_id)).isRoomActive, true);
      places.clear();
      assert.deepEqual([await rooms.users(room_id), (await rooms.get(room_id)).isRoomActive], [[], undefined]);
      const {status, code, error} = await press();
      if (name === 'RealtimeKit') {
        // Its tokens are made by the vendor, for a meeting whose id was kept.
        assert.deepEqual([code, error], ['platform_down', DOWN]);
        assert.deepEqual(told(), [
          'realtimekit: It does not know the meeting of this room. Delete the room, and make another.',
        ]);
      } else {
        assert.deepEqual([status, told()], [200, []]);
      }
      await rooms.remove(room_id);
    });
  }
});

describe('a clock that is off by two minutes', {concurrency: true}, () => {
  for (const [where, off] of [
    ['behind', -120_000],
    ['ahead of', 120_000],
  ] as const) {
    for (const name of NAMES) {
      it(`is told once, with how much and what to do: ${where} ${name}`, async t => {
        const {rooms, room_id, log} = await shop(t, name, {clock: () => Date.now() + off});
        for (let i = 0; i < 3; i++) {
          await rooms.list();
          if (SILENT.includes(name)) await rooms.check(name.toLowerCase());
          // Vonage is asked only for rooms that have a session.
          if (name === 'Vonage') await rooms.token(room_id, BOB);
        }
        assert.equal(log.length, 1, JSON.stringify(log));
        const [{code, message}] = log as [LogEntry];
        assert.equal(code, 'misconfigured');
        assert.match(
          message,
          new RegExp(`^${name}: The clock of this machine is 1[12]\\d s ${where} the vendor's\\.`, 'i'),
        );
        assert.match(message, /Set it: tokens may be refused\.$/);
      });
    }
  }

  it('is not told of an answer that a cache has kept, or without a time', async t => {
    const kept: Record<string, string> = {date: new Date(0).toUTCString(), age: '60'};
    for (const headers of [kept, {date: 'soon'}]) {
      const {rooms, log, answer} = await shop(t, 'LiveKit');
      answer(() => ({body: {rooms: []}, headers}));
      await rooms.list();
      assert.deepEqual(log, []);
    }
  });

  it('shows at Jitsi only when somebody joins: the token says when it is good, by our clock', async t => {
    const {rooms, room_id} = await shop(t, 'Jitsi', {clock: () => Date.now() - 120_000});
    const {nbf, exp} = claimsOf((await rooms.token(room_id, BOB)).token) as Record<string, number>;
    assert.equal(exp! - nbf!, 70);
    assert.ok(exp! < Date.now() / 1000, 'No server that tells the time rightly takes it.');
  });
});

const BOB = {name: 'Bob', role: 'participant', user_ref: 'bob'} as const;
