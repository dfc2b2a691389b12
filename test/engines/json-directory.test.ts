import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import type {Role} from '../../src/rooms/schema.js';
import {jsonDirectory, type ListedDefinition} from '../../src/engines/json-directory.js';

const NOW = Date.UTC(2030, 0, 7, 16);
const ANN = {name: 'Ann', role: 'participant' as const, user_ref: 'ann'};

/** The people inside, by their roles. */
const inside = (...roles: Role[]) => ({most: roles.length, people: async () => roles.map(role => ({role}))});
const NOBODY = inside();

describe('a list of rooms', () => {
  it('has its rooms in order, with the defaults of every other room', async () => {
    const directory = jsonDirectory([
      {room_id: 'lobby', name: 'Lobby'},
      {room_id: 'stage', name: 'Stage', owner_ref: 'mo', settings: {participants: 20}, data: {floor: 3}},
    ]);
    const [lobby, stage] = await directory.list();
    assert.deepEqual([lobby!.room_id, lobby!.name, lobby!.settings.participants], ['lobby', 'Lobby', 2]);
    assert.deepEqual([stage!.owner_ref, stage!.settings.participants, stage!.data], ['mo', 20, {floor: 3}]);
    assert.equal((await directory.get('stage')).name, 'Stage');
    await assert.rejects(directory.get('cellar'), {code: 'not_found'});
  });

  it('cannot be changed', async () => {
    const directory = jsonDirectory([{room_id: 'lobby', name: 'Lobby'}]);
    for (const change of [
      () => directory.create({name: 'New'}),
      () => directory.update('lobby', {name: 'New'}),
      () => directory.remove('lobby'),
    ]) {
      await assert.rejects(change, {
        code: 'not_editable',
        message: 'The list of rooms is read-only.',
        desc: 'Change the file with the rooms.',
      });
    }
  });

  it('may hold a room that is over, and gives it no token', async () => {
    const settings = {scheduled: true, scheduled_time: '2030-01-07 14:00:00', duration: 60, audiences: 1};
    const list = [{room_id: 'talk', name: 'Talk', settings}];
    const at = async (time: number) => {
      const directory = jsonDirectory(list, {clock: () => time});
      await directory.check(await directory.get('talk'), ANN, NOBODY);
    };
    await assert.rejects(at(NOW), {code: 'over'});
    await assert.rejects(at(NOW - 10 * 3_600_000), {code: 'not_open_yet'});
    await at(NOW - 90 * 60_000);
  });

  it('counts seats by role', async () => {
    const directory = jsonDirectory([{room_id: 'lobby', name: 'Lobby', settings: {participants: 2}}]);
    const room = await directory.get('lobby');
    const two = inside('participant', 'viewer');
    await assert.rejects(directory.check(room, ANN, two), {code: 'room_full'});
    await directory.check(room, {...ANN, role: 'moderator'}, two);
    await assert.rejects(directory.check(room, {...ANN, role: 'audience'}, NOBODY), {code: 'denied'});
  });

  const WRONG: [what: string, rooms: unknown, key: string][] = [
    ['no list', {lobby: {}}, 'rooms'],
    ['a room that is no object', ['lobby'], 'rooms.0'],
    ['a room without an id', [{name: 'Lobby'}], 'rooms.0.room_id'],
    ['an id that is a path', [{room_id: '../x', name: 'Lobby'}], 'rooms.0.room_id'],
    [
      'the same id twice, but for its case',
      [
        {room_id: 'a', name: 'A'},
        {room_id: 'A', name: 'B'},
      ],
      'rooms.1.room_id',
    ],
    ['a room without a name', [{room_id: 'a', name: 'A'}, {room_id: 'b'}], 'rooms.1.name'],
    ['a bad setting', [{room_id: 'a', name: 'A', settings: {participants: 0}}], 'rooms.0.settings.participants'],
    ['an unknown setting', [{room_id: 'a', name: 'A', settings: {knocks: true}}], 'rooms.0.settings.knocks'],
    ['an unknown key', [{room_id: 'a', name: 'A', title: 'A'}], 'rooms.0.title'],
    ['an ad hoc room', [{room_id: 'a', name: 'A', settings: {adhoc: true}}], 'rooms.0.settings.adhoc'],
    ['a room with SIP', [{room_id: 'a', name: 'A', sip: true}], 'rooms.0.sip'],
    ['an engine that is no word', [{room_id: 'a', name: 'A', engine: 7}], 'rooms.0.engine'],
    [
      'a malformed time',
      [{room_id: 'a', name: 'A', settings: {scheduled: true, scheduled_time: 'x'}}],
      'rooms.0.settings.scheduled_time',
    ],
  ];
  for (const [what, rooms, key] of WRONG) {
    it(`is refused at start with the place of the fault: ${what}`, () => {
      assert.throws(
        () => jsonDirectory(rooms as ListedDefinition[]),
        (error: Error & {code: string; key: string}) => {
          assert.deepEqual([error.code, error.key], ['misconfigured', key]);
          return /^rooms[\w.]*: [A-Z].*[.\]"}]+$/.test(error.message) || /^rooms[\w.]*: settings\./.test(error.message);
        },
      );
    });
  }
});
