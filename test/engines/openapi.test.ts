// Vendors that have no server we can run, but publish a document of their HTTP API: Daily and Twilio.
import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {daily} from '../../src/engines/daily.js';
import {twilio} from '../../src/engines/twilio.js';
import type {Exchange} from '../../src/http/client.js';
import {openApi} from '../helpers/engines/openapi.js';
import type {Recorded} from '../helpers/engines/recorder.js';
import {SECRET, vendorDouble} from '../helpers/engines/vendors.js';

const ROOM = {room_id: 'lobby', name: 'Lobby', settings: {participants: 2, moderators: 1}};
const NAMES = ['Daily', 'Twilio'] as const;
const documents = {Daily: () => openApi('daily'), Twilio: () => openApi('twilio', '/v1')};
const engines = {
  Daily: (exchange: Exchange) => daily({key: SECRET, exchange}),
  Twilio: (exchange: Exchange) => twilio({account: 'AC1', key: 'SK1', secret: SECRET, exchange}),
};

describe('an engine, by the document that its vendor publishes', () => {
  for (const name of NAMES) {
    it(`asks for what the document has, and understands its answers: ${name}`, async t => {
      const document = documents[name]();
      const double = await vendorDouble(t, name);
      const reply = double.answer(async request => {
        const {status, body} = await reply(request);
        return status === 404 ? {status, body} : document.answer(request, body);
      });
      const {engine} = double;
      assert.equal((await engine.active([ROOM])).get('lobby') ?? 0, 0);
      await engine.open!(ROOM);
      await engine.open!(ROOM);
      for (const role of ['moderator', 'participant', 'viewer', 'audience'] as const) {
        const leave = double.enter(await engine.token(ROOM, {name: role, role, user_ref: role}), role);
        assert.deepEqual([...(await engine.active([ROOM]))], [['lobby', 1]]);
        assert.deepEqual(
          (await engine.users(ROOM)).map(each => each.name),
          [role],
        );
        leave();
      }
      await engine.open!(ROOM);
      await engine.close(ROOM);
      assert.deepEqual(document.faults, []);
      assert.deepEqual([...document.asked].sort(), document.operations.sort());
    });

    it(`asks at the address that the document names: ${name}`, async () => {
      const asked: URL[] = [];
      const engine = engines[name](url => {
        asked.push(url);
        return Promise.reject(new Error('It is not there.'));
      });
      await assert.rejects(engine.users(ROOM));
      const {server} = documents[name]();
      assert.ok(asked.length > 0 && asked.every(({href}) => href.startsWith(`${server}/`)), asked.join());
    });
  }
});

describe('a document of a vendor', () => {
  const request = (method: string, path: string, body = '', type = 'application/json'): Recorded => ({
    method,
    path,
    headers: {'content-type': type},
    body,
  });
  const form = 'application/x-www-form-urlencoded';
  const wrong: [what: string, name: (typeof NAMES)[number], request: Recorded, answer: unknown, fault: RegExp][] = [
    ['a path', 'Daily', request('GET', '/room/lobby'), {}, /GET \/room\/lobby is not in the document/],
    ['a name', 'Daily', request('POST', '/rooms', '{"properties":{"max_people":2}}'), {}, /additional properties/],
    ['a kind of value', 'Daily', request('POST', '/rooms', '{"name":7}'), {}, /name must be string/],
    ['a query', 'Twilio', request('GET', '/Rooms?PageSize=2000'), {}, /PageSize must be <= 1000/],
    ['a form', 'Twilio', request('POST', '/Rooms', 'MaxParticipants=many', form), {}, /must be integer/],
    ['a body', 'Twilio', request('POST', '/Rooms', '{"UniqueName":"lobby"}'), {}, /no body of the type/],
    ['an answer', 'Twilio', request('GET', '/Rooms/lobby'), {uniqueName: 'lobby'}, /answer to get .*additional/],
    ['a value of an answer', 'Daily', request('GET', '/presence'), {lobby: [{userName: 7}]}, /userName must be string/],
  ];
  for (const [what, name, asked, answer, fault] of wrong) {
    it(`says what is wrong with ${what}`, () => {
      const document = documents[name]();
      document.answer(asked, answer);
      assert.equal(document.faults.length, 1);
      assert.match(document.faults[0]!, fault);
    });
  }
});
