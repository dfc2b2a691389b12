import assert from 'node:assert/strict';
import {join} from 'node:path';
import {describe, it} from 'node:test';
import {readSettings} from '../../../src/proxy/node/settings.js';
import {environment, file, folder, PAGE, startCommand} from '../../helpers/proxy/command.js';
import {start} from '../../helpers/platform/command.js';

describe('the credentials file of the platform', () => {
  it('is taken as it is by the proxy, with the id in it', async t => {
    const place = await folder(t);
    const {origin} = await start(t, join(place, 'rooms.db'), [], {});
    const but = {APP_ID: undefined, APP_KEY: undefined, APP_KEY_FILE: join(place, 'rooms.credentials.json')};
    const {url} = await startCommand(t, environment(`${origin}/video/v2`, but));
    const answer = await fetch(`${url}/rooms`, {headers: PAGE});
    const {rooms} = (await answer.json()) as {rooms: unknown};
    assert.deepEqual([answer.status, rooms], [200, []]);
  });

  it('must be of the application that APP_ID names', async t => {
    const APP_KEY_FILE = await file(t, 'app.json', JSON.stringify({id: 'one', key: 'CANARY-0123456789'}));
    const env = environment('http://127.0.0.1/v2', {APP_KEY: undefined, APP_KEY_FILE});
    assert.ok('settings' in (await readSettings({...env, APP_ID: 'one'})));
    assert.deepEqual(await readSettings({...env, APP_ID: 'two'}), {
      problems: [
        {variable: 'APP_ID', sentence: 'APP_KEY_FILE has the key of another application.', line: 'APP_ID=one'},
      ],
    });
  });
});
