import assert from 'node:assert/strict';
import {describe, it, type TestContext} from 'node:test';
import * as engines from '../../../src/engines/node/environment.js';
import {start} from '../../../src/proxy/node/command.js';
import {examine} from '../../../src/proxy/node/doctor/doctor.js';
import type {Environment} from '../../../src/proxy/node/environment.js';
import {readSettings} from '../../../src/proxy/node/settings.js';
import {KEY, livekitDouble, SECRET} from '../../helpers/engines/livekit.js';
import {command, file} from '../../helpers/proxy/command.js';

const ROOMS = [{room_id: 'lobby', name: 'Lobby', settings: {participants: 20}}];

/** An environment whose rooms are at a LiveKit server. */
async function atLivekit(t: TestContext, url: string, rooms: unknown = ROOMS): Promise<Environment> {
  return {
    ENGINE: 'livekit',
    LIVEKIT_URL: url,
    LIVEKIT_API_KEY: KEY,
    LIVEKIT_API_SECRET_FILE: await file(t, 'secret', SECRET),
    ROOMS_FILE: await file(t, 'rooms.json', JSON.stringify(rooms)),
    ORIGINS: 'https://shop.example',
    GUEST_ROLES: 'participant,viewer',
    PORT: '0',
  };
}

const AT_JANUS: Environment = {
  ENGINE: 'janus',
  JANUS_URL: 'wss://janus.example',
  JANUS_ADMIN_URL: 'http://127.0.0.1:7088/admin',
  JANUS_ADMIN_SECRET: SECRET,
  JANUS_ADMIN_KEY: SECRET,
  JANUS_TOKEN_SECRET: SECRET,
};

async function problemsOf(env: Environment) {
  const read = await readSettings(env, engines);
  return 'problems' in read ? read.problems : [];
}

describe('greenroom proxy with ENGINE', () => {
  it('gives tokens of the engine for the rooms of ROOMS_FILE', async t => {
    const server = await livekitDouble(t);
    const read = await readSettings(await atLivekit(t, server.url), engines);
    assert.ok('settings' in read, JSON.stringify(read));
    const lines: unknown[] = [];
    const running = await start(read.settings, line => lines.push(line));
    t.after(() => running.close());
    const headers = {'x-rooms-client': 'test', 'content-type': 'application/json'};
    const body = JSON.stringify({name: 'Ann', role: 'viewer'});
    const answer = await fetch(`${running.url}/rooms/lobby/tokens`, {method: 'POST', headers, body});
    const issued = (await answer.json()) as Record<string, unknown>;
    assert.deepEqual(
      [answer.status, issued.provider, issued.once, issued.server_url],
      [200, 'livekit', false, server.url],
    );
    server.join(issued.token as string);
    assert.equal(server.rooms.get('lobby')![0]!.name, 'Ann');
    assert.ok(!JSON.stringify([issued, lines]).includes(SECRET));
  });

  it('is explained by --help, with every variable', async t => {
    const {told, ended} = command(t, ['proxy', '--help'], {});
    assert.equal(await ended, 0);
    for (const name of Object.keys(engines.VARIABLES)) assert.ok(told.out.includes(`\n  ${name} `), name);
    assert.ok(told.out.split('\n').every(line => line.length <= 120));
  });

  it('is refused together with PLATFORM_URL', async t => {
    const env = {...(await atLivekit(t, 'wss://live.example')), PLATFORM_URL: 'https://api.example/video/v2'};
    const [problem] = await problemsOf(env);
    assert.deepEqual(
      [problem!.variable, problem!.sentence],
      ['ENGINE', 'PLATFORM_URL is set, too. Remove one of them.'],
    );
  });

  const WRONG: [what: string, but: Environment, variable: string, sentence: RegExp][] = [
    ['an unknown engine', {ENGINE: 'skype'}, 'ENGINE', /“skype” is not one of livekit, jitsi/],
    ['no address', {LIVEKIT_URL: ''}, 'LIVEKIT_URL', /^It is not set\.$/],
    ['an address over http', {LIVEKIT_URL: 'http://live.example'}, 'LIVEKIT_URL', /must be https/],
    ['no rooms', {ROOMS_FILE: ''}, 'ROOMS_FILE', /ENGINE needs it/],
    ['no such file', {ROOMS_FILE: '/nowhere/rooms.json'}, 'ROOMS_FILE', /cannot be read \(ENOENT\)/],
    ['a lifetime that is no number', {TOKEN_LIFETIME: 'soon'}, 'TOKEN_LIFETIME', /1 to 86400 seconds/],
    ['a second engine without its key', {ENGINE: 'livekit,daily'}, 'DAILY_API_KEY', /^It is not set\.$/],
    [
      'a role that it lacks',
      {ENGINE: 'jitsi', JITSI_DOMAIN: 'meet.example', JITSI_APP_ID: 'a', JITSI_APP_SECRET: SECRET},
      'GUEST_ROLES',
      /cannot enforce the role viewer/,
    ],
    [
      'an address of Janus’s events that others can use',
      {...AT_JANUS, JANUS_EVENTS: 'ws://10.0.0.1:8190/'},
      'JANUS_EVENTS',
      /a path of 32 characters/,
    ],
    [
      'an address of Janus’s events that is none',
      {...AT_JANUS, JANUS_EVENTS: SECRET},
      'JANUS_EVENTS',
      /must be like ws:/,
    ],
    ['viewers at a Janus without events', AT_JANUS, 'GUEST_ROLES', /cannot enforce the role viewer/],
    [
      'a lifetime shorter than Zoom’s',
      {
        ENGINE: 'zoom',
        TOKEN_LIFETIME: '60',
        ZOOM_SDK_KEY: 'a',
        ZOOM_SDK_SECRET: SECRET,
        ZOOM_API_KEY: 'a',
        ZOOM_API_SECRET: SECRET,
      },
      'TOKEN_LIFETIME',
      /1800 to 172800 seconds/,
    ],
  ];
  for (const [what, but, variable, sentence] of WRONG) {
    it(`names the variable to change, and no secret: ${what}`, async t => {
      const problems = await problemsOf({...(await atLivekit(t, 'wss://live.example')), ...but});
      const found = problems.find(each => each.variable === variable);
      assert.ok(found && sentence.test(found.sentence), JSON.stringify(problems));
      assert.ok(!JSON.stringify(problems).includes(SECRET));
    });
  }

  it('is refused with a room that the engine cannot hold to its settings', async t => {
    const rooms = [{room_id: 'lobby', name: 'Lobby', settings: {knock: true}}];
    const [problem] = await problemsOf(await atLivekit(t, 'wss://live.example', rooms));
    assert.equal(problem!.variable, 'ROOMS_FILE');
    assert.equal(problem!.sentence, 'rooms.0.settings.knock: livekit cannot enforce it. Leave it out.');
  });
});

describe('greenroom doctor with ENGINE', () => {
  it('says what the engine enforces, and that the vendor answers', async t => {
    const server = await livekitDouble(t);
    const findings = await examine({env: await atLivekit(t, server.url), engines});
    const said = findings.filter(({subject}) => subject === 'ENGINE').map(({sentence}) => sentence);
    assert.deepEqual(said, [
      'livekit: enforces viewer, audience, moderator, capacity. Does not enforce once, lecture, knock, wait_for_moderator, window.',
      'The vendor answers. Rooms in ROOMS_FILE: 1.',
    ]);
  });

  it('says when the vendor refuses the credentials', async t => {
    const server = await livekitDouble(t);
    server.answer(() => ({status: 401, body: {msg: 'invalid token'}}));
    const findings = await examine({env: await atLivekit(t, server.url), engines});
    const [problem] = findings.filter(({subject, ok}) => subject === 'ENGINE' && !ok);
    assert.match(problem!.sentence, /^livekit: It refuses our credentials \(status 401\)/);
    assert.ok(!JSON.stringify(findings).includes(SECRET));
  });
});
