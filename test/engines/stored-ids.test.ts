import assert from 'node:assert/strict';
import {it} from 'node:test';
import {engineRooms} from '../../src/engines/engine-rooms.js';
import {jsonDirectory} from '../../src/engines/json-directory.js';
import {vonage} from '../../src/engines/vonage.js';
import {privateKey} from '../helpers/engines/keys.js';
import {recorder} from '../helpers/engines/recorder.js';

const ANN = {name: 'Ann', role: 'participant' as const, user_ref: 'ann'};

it('a room gets one session at Vonage, whose id is kept with the room, also after a restart', async t => {
  const {url, requests, answer} = await recorder(t);
  let made = 0;
  answer(({path}) => {
    if (path === '/session/create') return {body: [{session_id: `2_session~${++made}`}]};
    const data = JSON.stringify(ANN);
    return {body: {count: 1, items: [{connectionId: 'c', data}, {data: 'not ours'}]}};
  });
  const kept = new Map<string, string>();
  const directory = {
    ...jsonDirectory([{room_id: 'lobby', name: 'Lobby', settings: {participants: 9}}]),
    async vendorId(id: string, value?: string) {
      if (value !== undefined && !kept.has(id)) kept.set(id, value);
      return kept.get(id);
    },
  };
  const start = () => engineRooms({directory, engine: {...vonage({applicationId: 'app', privateKey, url}), lag: 0}});
  const rooms = start();
  assert.deepEqual(await rooms.users('lobby'), []);
  const issued = await Promise.all([rooms.token('lobby', ANN), rooms.token('lobby', ANN)]);
  const again = await start().token('lobby', ANN);
  for (const {connection} of [...issued, again]) {
    assert.deepEqual(connection, {application_id: 'app', session_id: '2_session~1'});
  }
  assert.deepEqual(await rooms.users('lobby'), [ANN, {name: ''}]);
  assert.equal(requests.filter(({path}) => path === '/session/create').length, 1);
});

it('a list in JSON cannot keep such an id, and is refused at start', () => {
  const directory = jsonDirectory([{room_id: 'lobby', name: 'Lobby'}]);
  assert.throws(() => engineRooms({directory, engine: vonage({applicationId: 'app', privateKey})}), {
    code: 'misconfigured',
    key: 'directory',
    message: 'vonage gives each room an id that must be stored, and this directory cannot store it.',
  });
});
