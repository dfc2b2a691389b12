import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {httpRooms} from '../../src/http/client.js';
import {platformRooms} from '../../src/upstream/upstream.js';
import {Room, RoomsError, type RoomDefinition, type Rooms, type TokenRequest} from '../../src/rooms/rooms.js';
import {failure} from '../helpers/http/failure.js';

const LOBBY: Room = {room_id: 'lobby', name: 'Lobby', settings: {}};

/** A client whose every call succeeds, and the bodies that it sent. */
function sending(): {client: Rooms; bodies: unknown[]} {
  const bodies: unknown[] = [];
  const client = httpRooms({
    endpoint: 'https://platform.example/v2',
    exchange: async (_url, {json}) => {
      bodies.push(json);
      return {status: 200, headers: new Headers(), text: JSON.stringify({result: 0, room: LOBBY, token: 't0ken'})};
    },
  });
  return {client, bodies};
}

describe('a body that httpRooms is asked to send', () => {
  const refused = async (work: Promise<unknown>) => {
    const {code, key, message} = await failure(work);
    return [code, key, message];
  };

  it('is refused before it is sent if a key is misspelt', async () => {
    const {client, bodies} = sending();
    const typo = {name: 'Lobby', settings: {particpants: 5}} as object as RoomDefinition;
    const unknown = ['invalid', 'settings.particpants', 'Invalid value: settings.particpants'];
    assert.deepEqual(await refused(client.create(typo)), unknown);
    assert.deepEqual(await refused(client.update('lobby', {settings: typo.settings})), unknown);
    const odd = {role: 'viewer', ttl: 5} as object as TokenRequest;
    assert.deepEqual(await refused(client.token('lobby', odd)), ['invalid', 'ttl', 'Invalid value: ttl']);
    assert.deepEqual(bodies, []);
  });

  it('is refused before it is sent if a value is of a wrong type', async () => {
    const {client, bodies} = sending();
    const wrong = {name: 'Lobby', settings: {knock: 'yes'}} as object as RoomDefinition;
    const knock = ['invalid', 'settings.knock', 'Invalid value: settings.knock'];
    assert.deepEqual(await refused(client.create(wrong)), knock);
    assert.deepEqual(await refused(client.update('lobby', wrong)), knock);
    for (const role of ['boss', '', undefined, ['viewer'], {toString: 1}]) {
      const request = {name: 'Ann', role} as object as TokenRequest;
      assert.deepEqual(await refused(client.token('lobby', request)), ['role_invalid', 'role', 'Invalid value: role']);
    }
    assert.deepEqual(bodies, []);
  });

  it('may be a whole room as a platform sent it; the keys that only the platform sets are not sent', async () => {
    const {client, bodies} = sending();
    const settings = {
      viewers: 0,
      media_configuration: 'default',
      encryption: false,
      peep: true,
      live_transcription: {},
    };
    const written = {name: 'Lobby', owner_ref: 'o', settings, sip: {enabled: true}, data: {a: 1}};
    const replied = {
      room_id: 'lobby',
      service_id: 'shop',
      created: '2030-01-01T00:00:00.000Z',
      updated: '2030-01-01T00:00:00.000Z',
      isRoomActive: true,
      inside: 2,
      full: true,
      faces: ['AL'],
      capacity: 2,
      provider: 'livekit',
    };
    const room = {...replied, ...written, sip: {enabled: true, pin: 5, meeting_id: 7}} as object as RoomDefinition;
    await client.update('lobby', room);
    await client.create(room);
    const server = platformRooms({
      endpoint: 'https://platform.example/v2',
      exchange: async (_url, {json}) => {
        bodies.push(json);
        return {status: 200, headers: new Headers(), text: JSON.stringify({result: 0, room: LOBBY})};
      },
    });
    await server.create(room);
    await server.update('lobby', room);
    assert.deepEqual(bodies, [written, written, written, written]);
    await client.create({name: 'Lobby', more: undefined} as object as RoomDefinition);
    assert.deepEqual(bodies.at(-1), {name: 'Lobby', more: undefined});
  });

  it('is refused if it is no object, cannot be read or cannot be printed', async () => {
    const {client, bodies} = sending();
    const trap = {
      role: 'viewer',
      get name(): string {
        throw new Error('A trap.');
      },
    };
    const unprintable = {name: 'Lobby', role: 'viewer', more: {toString: 1}};
    const settings = {name: 'Lobby', role: 'viewer', settings: [{toString: 1}]};
    for (const body of [null, [], 'text', trap, unprintable, settings]) {
      assert.equal((await failure(client.create(body as RoomDefinition))).code, 'invalid');
      assert.equal((await failure(client.update('lobby', body as object))).code, 'invalid');
      assert.equal((await failure(client.token('lobby', body as TokenRequest))).code, 'invalid');
    }
    assert.deepEqual(bodies, []);
  });

  it('is sent as it is if the API takes it', async () => {
    const {client, bodies} = sending();
    const settings = {participants: '5', knock: '', quality: '', active_talker: true};
    const definition = {name: 'Lobby', settings, sip: '', room_id: 'x'} as object as RoomDefinition;
    const changes = {settings: {description: ''}};
    const request: TokenRequest = {name: 'Ann', role: 'viewer', user_ref: undefined};
    await client.create(definition);
    await client.update('lobby', changes);
    await client.token('lobby', request);
    assert.deepEqual(bodies, [{name: 'Lobby', settings, sip: ''}, changes, request]);
  });
});

describe('an answer that httpRooms reads', () => {
  it('costs nobody a room for an odd value in a key that one can do without', async () => {
    const odd: unknown[] = [null, 'text', 7, true, [], {}, {toString: 1}, [{toString: 1}], [[[]]]];
    const rooms = odd.flatMap(value => [
      {...LOBBY, data: value, isRoomActive: value, owner_ref: value, sip: value, created: value},
      {...LOBBY, settings: {duration: value, mode: value, live_recording: value, role_based_recording: value}},
    ]);
    const text = JSON.stringify({result: 0, rooms});
    for (const room of [undefined, Room]) {
      const reported: RoomsError[] = [];
      const client = httpRooms({
        endpoint: 'https://platform.example/v2',
        room,
        exchange: async () => ({status: 200, headers: new Headers(), text}),
        report: error => reported.push(error),
      });
      assert.equal((await client.list()).length, rooms.length);
      assert.deepEqual(reported, []);
    }
  });

  it('is left to the platform by platformRooms, since a platform has numbers of its own for what it refuses', async () => {
    const bodies: unknown[] = [];
    const rooms = platformRooms({
      endpoint: 'https://platform.example/v2',
      exchange: async (_url, {json}) => {
        bodies.push(json);
        return {status: 400, headers: new Headers(), text: JSON.stringify({result: 10007, error: 'No.'})};
      },
    });
    const definition = {name: 'Lobby', settings: {participants: 'x'}};
    assert.equal((await failure(rooms.create(definition))).result, 10007);
    assert.equal((await failure(rooms.update('lobby', {settings: definition.settings}))).result, 10007);
    assert.deepEqual(bodies, [definition, {settings: definition.settings}]);
  });
});
