import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {httpRooms} from '../../src/http/client.js';
import {tokenProxy, type Answered} from '../../src/proxy/proxy.js';
import {RoomsError} from '../../src/rooms/errors.js';
import type {TokenRequest} from '../../src/rooms/schema.js';
import {ORIGIN, plain, recorded, start, visitor, WISH} from '../helpers/proxy/start.js';

const PATH = '/rooms/lobby/tokens';

/** A proxy that needs a tick for `terms` and one for `recording`, and what it told the hook `answered`. */
function strict(who = plain(), more = {}) {
  const rooms = recorded();
  const told: Answered[] = [];
  const answered = (answer: Answered) => told.push(answer);
  return {rooms, told, ...start(rooms, who, {consent: ['terms', 'recording'], answered, ...more})};
}

describe('consent', () => {
  it('is refused in one sentence while a required tick is missing, before the platform is asked', async () => {
    const {rooms, ask} = strict();
    for (const consent of [undefined, [], ['terms'], ['terms', 'Recording'], ['recording', 'news']]) {
      const {status, body} = await ask('POST', PATH, {body: {...WISH, consent}});
      assert.deepEqual([status, body.code, body.key, body.result], [403, 'consent_missing', 'consent', 19018]);
      assert.equal(body.error, 'Consent is missing');
      assert.doesNotMatch(JSON.stringify(body), /terms|recording/);
    }
    assert.deepEqual(rooms.calls, []);
  });

  it('lets a visitor in who ticked all that is required, and is not sent to the platform', async () => {
    const {rooms, ask} = strict();
    const consent = ['recording', 'terms', 'news'];
    const {status} = await ask('POST', PATH, {body: {...WISH, consent}});
    assert.equal(status, 200);
    const [, , request] = rooms.calls.find(([operation]) => operation === 'token')!;
    assert.deepEqual(Object.keys(request as object).sort(), ['name', 'role', 'user_ref']);
    assert.doesNotMatch(JSON.stringify(rooms.calls), /consent|recording/);
  });

  it('is told to the hook `answered`, each name once, also for a repeated and for a refused request', async () => {
    const {told, ask} = strict();
    const headers = {'idempotency-key': 'a-key-that-nobody-guesses'};
    const body = {...WISH, consent: ['terms', 'recording', 'terms']};
    for (let each = 0; each < 2; each++) assert.equal((await ask('POST', PATH, {body, headers})).status, 200);
    await ask('POST', PATH, {body: {...WISH, consent: ['news']}});
    await ask('POST', PATH, {body: WISH});
    await ask('GET', '/rooms');
    assert.deepEqual(
      told.map(({operation, status, consent}) => [operation, status, consent]),
      [
        ['token', 200, ['terms', 'recording']],
        ['token', 200, ['terms', 'recording']],
        ['token', 403, ['news']],
        ['token', 403, undefined],
        ['list', 200, undefined],
      ],
    );
  });

  it('is read, and told, if nothing is required', async () => {
    const told: Answered[] = [];
    const {ask} = start(recorded(), plain(), {answered: answer => told.push(answer)});
    assert.equal((await ask('POST', PATH, {body: {...WISH, consent: ['news']}})).status, 200);
    assert.deepEqual(told[0]!.consent, ['news']);
  });

  it('is a short list of short names', async () => {
    const {rooms, ask} = strict();
    const many = Array.from({length: 17}, (_, at) => `box-${at}`);
    const odd: unknown[] = [
      'terms',
      {terms: true},
      [['terms']],
      ['te rms'],
      ['a'.repeat(65)],
      [''],
      [7],
      many,
      1,
      true,
    ];
    for (const consent of odd) {
      const {status, body} = await ask('POST', PATH, {body: {...WISH, consent}});
      assert.deepEqual([status, body.code, body.key], [400, 'invalid', 'consent'], JSON.stringify(consent));
    }
    assert.deepEqual(rooms.calls, []);
  });

  it('says nothing of a room out of reach', async () => {
    const {ask} = strict(plain({rooms: ['vault']}));
    for (const consent of [undefined, ['terms', 'recording'], 7]) {
      const body = {...WISH, consent};
      const [theirs, none] = [await ask('POST', PATH, {body}), await ask('POST', '/rooms/none/tokens', {body})];
      assert.equal(theirs.text, none.text);
    }
  });

  it('comes from LiveKit’s clients as an attribute', async () => {
    const {told, ask} = strict(plain(), {livekit: true, serverUrl: 'wss://live.example'});
    const asked = (attributes: object) =>
      ask('POST', '/', {body: {room_name: 'lobby', participant_name: 'Ann', participant_attributes: attributes}});
    const refused = await asked({});
    assert.deepEqual([refused.status, refused.body.code], [403, 'consent_missing']);
    const {status} = await asked({consent: 'terms,recording'});
    assert.deepEqual([status, told.at(-1)!.consent], [201, ['terms', 'recording']]);
  });

  it('must be an option that can be met', () => {
    for (const consent of ['terms', ['two words'], [''], Array.from({length: 17}, () => 'a'), [1]] as never[]) {
      const make = () => tokenProxy({rooms: recorded(), guests: {roles: ['viewer']}, origins: [ORIGIN], consent});
      assert.throws(make, {code: 'misconfigured', key: 'consent'});
    }
  });

  it('is checked by the client before it is sent', async () => {
    const {proxy} = strict();
    const rooms = clientOf(proxy);
    await assert.rejects(rooms.token('lobby', {...WISH, consent: ['two words']} as TokenRequest), {
      code: 'invalid',
      key: 'consent',
    });
    const refused = await rooms.token('lobby', WISH as TokenRequest).catch((error: unknown) => error as RoomsError);
    assert.equal((refused as RoomsError).code, 'consent_missing');
  });
});

const clientOf = (proxy: (request: Request) => Promise<Response>) =>
  httpRooms({
    endpoint: 'https://proxy.example/',
    headers: {origin: ORIGIN},
    fetch: request => proxy(new Request(request, {headers: {...Object.fromEntries(request.headers), origin: ORIGIN}})),
  });

describe('what a page may know of its visitor', () => {
  it('is in the answers with rooms: the name, the roles and the rights, and nothing else', async () => {
    const who = visitor({name: 'Zoe\u0308', owner_ref: 'secret-owner'});
    const {ask} = start(recorded(), who);
    const known = {name: 'Zoë', roles: ['participant', 'viewer'], can: ['manage', 'users']};
    assert.deepEqual((await ask('GET', '/rooms')).body.visitor, known);
    assert.deepEqual((await ask('GET', '/rooms/lobby')).body.visitor, known);
    const {text} = await ask('GET', '/rooms/lobby/users');
    assert.doesNotMatch(text, /visitor/);
  });

  it('has no name if nobody said one: the name of all guests is nobody’s', async () => {
    const {ask} = start(recorded(), null, {authorize: undefined, guests: {roles: ['viewer'], name: 'Passer-by'}});
    const {body} = await ask('GET', '/rooms');
    assert.deepEqual(body.visitor, {roles: ['viewer'], can: []});
  });

  it('is not in an answer to somebody who may not ask, or for a room out of reach', async () => {
    const {ask} = start(recorded(), plain({name: 'Ann', rooms: ['vault']}));
    assert.doesNotMatch((await ask('GET', '/rooms/lobby')).text, /Ann|visitor/);
  });

  it('reaches the page’s rooms with the first answer', async () => {
    const {proxy} = start(recorded(), plain({name: 'Ann "rooms":['}));
    const rooms = clientOf(proxy);
    assert.equal(rooms.visitor!(), undefined);
    assert.equal((await rooms.list()).length, 2);
    assert.equal((await rooms.list()).length, 2);
    assert.deepEqual(rooms.visitor!(), {name: 'Ann "rooms":[', roles: ['participant', 'viewer'], can: []});
  });

  it('is left out if it cannot be read', async () => {
    for (const sent of ['Ann', null, 7, {name: 7}, {roles: 'viewer'}]) {
      const rooms = httpRooms({
        endpoint: 'https://proxy.example/',
        fetch: async () => Response.json({result: 0, visitor: sent, rooms: []}),
      });
      assert.deepEqual(await rooms.list(), []);
      assert.equal(rooms.visitor!()?.name, undefined);
      assert.equal(rooms.visitor!()?.roles, undefined);
    }
  });
});
