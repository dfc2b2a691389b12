import assert from 'node:assert/strict';
import {readdir} from 'node:fs/promises';
import {dirname, join} from 'node:path';
import {describe, it, type TestContext} from 'node:test';
import * as environment from '../../../src/engines/node/environment.js';
import type {VariableReader} from '../../../src/engines/node/directories.js';
import {examineDatabase, openDatabase} from '../../../src/platform/database/database.js';
import {openDirectory} from '../../../src/platform/platform.js';
import {start} from '../../../src/proxy/node/command.js';
import {examine} from '../../../src/proxy/node/doctor/doctor.js';
import type {Environment} from '../../../src/proxy/node/environment.js';
import {readSettings} from '../../../src/proxy/node/settings.js';
import {KEY, livekitDouble, SECRET} from '../../helpers/engines/livekit.js';
import {command, file, folder} from '../../helpers/proxy/command.js';
import {freshPlace} from '../../helpers/platform/place.js';
import type {RoomsError} from '../../../src/rooms/errors.js';

/** The engines as the command has them. */
const engines = {
  ...environment,
  readEngines: (read: VariableReader) => environment.readEngines(read, {open: openDirectory, examine: examineDatabase}),
};

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

/** The same, with its rooms in a database of the test's own. Whoever sends `x-test-manager` manages. */
async function withDatabase(t: TestContext, url: string) {
  const place = await freshPlace(t, () => {});
  const authorize = await file(
    t,
    'authorize.mjs',
    `export default request => request.headers.get('x-test-manager')
      ? {user_ref: 'ann', name: 'Ann', roles: ['participant'], rooms: '*', can: ['manage']} : null;`,
  );
  const {ROOMS_FILE: _, ...env} = await atLivekit(t, url);
  return {place, env: {...env, DATABASE_URL: place, APP_ID: 'shop', AUTHORIZE: authorize}};
}

async function inDatabase(t: TestContext, url: string) {
  const {env} = await withDatabase(t, url);
  const read = await readSettings(env, engines);
  assert.ok('settings' in read, JSON.stringify(read));
  const lines: {level?: string}[] = [];
  const running = await start(read.settings, line => lines.push(line as {level?: string}));
  t.after(() => running.close());
  return {running, lines};
}

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
    ['no rooms', {ROOMS_FILE: ''}, 'ROOMS_FILE', /ENGINE needs it, or DATABASE_URL/],
    ['two directories', {DATABASE_URL: 'rooms.db'}, 'ROOMS_FILE', /DATABASE_URL is set, too/],
    [
      'a database without an application',
      {ROOMS_FILE: '', DATABASE_URL: 'rooms.db'},
      'APP_ID',
      /DATABASE_URL needs it/,
    ],
    ['no such file', {ROOMS_FILE: '/nowhere/rooms.json'}, 'ROOMS_FILE', /cannot be read \(ENOENT\)/],
    ['a lifetime that is no number', {TOKEN_LIFETIME: 'soon'}, 'TOKEN_LIFETIME', /1 to 86400 seconds/],
    ['a second engine without its key', {ENGINE: 'livekit,daily'}, 'DAILY_API_KEY', /^It is not set\.$/],
    [
      'a role that it lacks',
      {ENGINE: 'jitsi', JITSI_DOMAIN: 'meet.example', JITSI_APP_ID: 'a', JITSI_APP_SECRET: SECRET},
      'GUEST_ROLES',
      /^jitsi cannot enforce the role viewer: take it out of GUEST_ROLES\.$/,
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
    [
      'presets that are none',
      {
        ENGINE: 'realtimekit',
        CLOUDFLARE_ACCOUNT_ID: 'a',
        REALTIMEKIT_APP_ID: 'a',
        CLOUDFLARE_API_TOKEN: SECRET,
        REALTIMEKIT_PRESETS: 'guest=x',
      },
      'REALTIMEKIT_PRESETS',
      /must be roles with their presets/,
    ],
    [
      'a BigBlueButton over http',
      {ENGINE: 'bigbluebutton', BIGBLUEBUTTON_URL: 'http://bbb.example/api', BIGBLUEBUTTON_SECRET: SECRET},
      'BIGBLUEBUTTON_URL',
      /must be https/,
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
    assert.equal(problem!.sentence, 'rooms.0.settings.knock: livekit cannot enforce settings.knock. Change it.');
  });
});

describe('greenroom proxy with ENGINE and DATABASE_URL', () => {
  it('has the rooms of an application in a database, which managers make and everybody joins', async t => {
    const server = await livekitDouble(t);
    const {running, lines} = await inDatabase(t, server.url);
    const call = async (path: string, body: unknown) => {
      const headers = {'x-rooms-client': 'test', 'content-type': 'application/json', 'x-test-manager': '1'};
      const answer = await fetch(`${running.url}${path}`, {method: 'POST', headers, body: JSON.stringify(body)});
      return (await answer.json()) as Record<string, unknown>;
    };
    const made = (await call('/rooms', {name: 'Lobby', settings: {participants: 5}})) as {
      room: Record<string, unknown>;
    };
    assert.deepEqual([made.room.name, made.room.engine, made.room.service_id], ['Lobby', 'livekit', undefined]);
    const issued = await call(`/rooms/${String(made.room.room_id)}/tokens`, {name: 'Ann', role: 'participant'});
    assert.equal(issued.provider, 'livekit', JSON.stringify(issued));
    const refused = await call('/rooms', {name: 'Office', settings: {knock: true}});
    assert.deepEqual([refused.code, refused.key], ['invalid', 'settings.knock']);
    const elsewhere = await call('/rooms', {name: 'Office', engine: 'mars'});
    assert.deepEqual([elsewhere.code, elsewhere.key], ['invalid', 'engine']);
    assert.deepEqual(
      lines.filter(({level}) => level === 'error'),
      [],
    );
  });

  it('does not start, with one sentence and without the password, if the database is not there', async t => {
    const {env} = await withDatabase(t, 'wss://live.example');
    const read = await readSettings({...env, DATABASE_URL: 'postgres://ann:canary-password@127.0.0.1:9/x'}, engines);
    assert.ok('settings' in read);
    await assert.rejects(
      start(read.settings, () => {}),
      (error: RoomsError) => {
        assert.match(error.message, /^DATABASE_URL: /);
        assert.doesNotMatch(error.message + error.desc, /canary-password/);
        return error.code === 'misconfigured';
      },
    );
  });

  it('has a doctor who lists the rooms that give no tokens', async t => {
    const server = await livekitDouble(t);
    const {env, place} = await withDatabase(t, server.url);
    const directory = await openDirectory(place, {application: 'shop'});
    const [knock, lost] = [
      await directory.create({name: 'Office', owner_ref: 'alice', settings: {knock: true}}),
      await directory.create({name: 'Stage', owner_ref: 'alice', engine: 'daily'}),
    ];
    await directory.close();
    const findings = await examine({env, engines});
    const problems = findings.filter(({subject, ok}) => subject === 'ENGINE' && !ok);
    assert.deepEqual(
      problems.map(({sentence, line}) => [sentence, line]),
      [
        [
          `The room ${knock.room_id} gives no tokens: livekit cannot enforce settings.knock.`,
          'Change settings.knock of the room, or make it anew at another engine.',
        ],
        [`The room ${lost.room_id} gives no tokens: it is at daily, which is not here.`, 'ENGINE=livekit,daily'],
      ],
    );
  });
});

describe('greenroom doctor with ENGINE and DATABASE_URL', () => {
  /** What the doctor says of the database. */
  const saidOf = async (t: TestContext, DATABASE_URL?: string) => {
    const {env, place} = await withDatabase(t, 'wss://live.example');
    const findings = await examine({env: {...env, DATABASE_URL: DATABASE_URL ?? place}, engines});
    assert.doesNotMatch(JSON.stringify(findings), /canary/);
    const told = findings.filter(({subject}) => subject === 'DATABASE_URL');
    return {place, told: told.map(({ok, sentence, line}) => [ok, sentence, ...(line ? [line] : [])])};
  };

  it('makes no tables, and says that the proxy will; afterwards it finds them', async t => {
    const {told, place} = await saidOf(t);
    assert.deepEqual(told, [[true, 'It can be used. It has no tables yet: the proxy makes them when it starts.']]);
    assert.equal(await examineDatabase(place), 'none');
    await (await openDirectory(place, {application: 'shop'})).close();
    assert.deepEqual((await saidOf(t, place)).told, [[true, 'It can be used, and has its tables.']]);
  });

  it('says when an older or a newer release has made the tables', async t => {
    /** A database after a change to its list of migrations. */
    const changed = async (sql: string) => {
      const place = await freshPlace(t, () => {});
      const database = await openDatabase(place);
      await database.all(sql);
      await database.close();
      return place;
    };
    const older = await changed('delete from migrations where version = (select max(version) from migrations)');
    const sentence = 'Its tables are of an older release: the proxy adds what is missing when it starts.';
    assert.deepEqual((await saidOf(t, older)).told, [[true, `It can be used. ${sentence}`]]);
    const newer = await changed('insert into migrations (version, applied) values (9000, 0)');
    const refusal = 'The database was written by a newer Greenroom (version 9000).';
    const cure = 'Install that release, or take another database.';
    assert.deepEqual((await saidOf(t, newer)).told, [[false, refusal, cure]]);
  });

  it('says what is wrong with an address or a file', async t => {
    const folderless = 'The database cannot be opened.';
    const [[ok, sentence, line] = []] = (await saidOf(t, '/nowhere/at/all.db')).told;
    assert.deepEqual([ok, sentence], [false, folderless]);
    assert.match(String(line), /^\/nowhere\/at\/all\.db: its folder must exist/);
    const noise = await file(
      t,
      'noise.db',
      'This is no database at all, and long enough to be seen as none. '.repeat(100),
    );
    assert.deepEqual((await saidOf(t, noise)).told[0]!.slice(0, 2), [false, folderless]);
    assert.deepEqual((await saidOf(t, 'mysql://ann:canary@127.0.0.1/x')).told, [
      [
        false,
        'The database is neither a file nor a Postgres address.',
        'Give one such as rooms.db or postgres://user@host/name.',
      ],
    ]);
    assert.deepEqual((await saidOf(t, 'postgres://ann:canary@127.0.0.1:9/x')).told, [
      [
        false,
        'The Postgres database cannot be reached.',
        'Nothing listens there. Start the server, or correct the host and the port.',
      ],
    ]);
  });

  it('exits with 1, and leaves no file behind', async t => {
    const {env} = await withDatabase(t, 'wss://live.example');
    const wrong = command(t, ['doctor'], {...env, DATABASE_URL: '/nowhere/at/all.db'});
    assert.equal(await wrong.ended, 1);
    assert.match(wrong.told.out, /^problem {2}DATABASE_URL: The database cannot be opened\.$/m);
    const place = join(await folder(t), 'rooms.db');
    const right = command(t, ['doctor'], {...env, DATABASE_URL: place});
    await right.ended;
    assert.match(right.told.out, /^ok {7}DATABASE_URL: It can be used\./m);
    assert.deepEqual(await readdir(dirname(place)), []);
  });
});

describe('a role that an engine lacks', () => {
  const ENGINES: Record<string, Environment> = {
    twilio: {TWILIO_ACCOUNT_SID: 'AC1', TWILIO_API_KEY: 'SK1', TWILIO_API_SECRET: SECRET},
    jitsi: {JITSI_DOMAIN: 'meet.example', JITSI_APP_ID: 'a', JITSI_APP_SECRET: SECRET},
  };
  const LACKING: [engine: string, roles: string[], sentence: string][] = [
    ['twilio', ['viewer'], 'twilio cannot enforce the role viewer: take it out of GRANT_KEYS_FILE.'],
    [
      'jitsi',
      ['moderator'],
      'jitsi cannot enforce the role moderator: take it out of GRANT_KEYS_FILE, or set JITSI_MODERATORS=1 if your server takes moderators from tokens.',
    ],
  ];
  for (const [engine, roles, sentence] of LACKING) {
    it(`keeps the proxy from starting: ${roles.join()} at ${engine}`, async t => {
      const key = {kid: 'k', secret: SECRET, roles, rooms: '*', origins: ['https://shop.example'], maxLifetime: 60};
      const grants = await file(t, 'grants.json', JSON.stringify({audience: 'shop', keys: [key]}));
      const but = {ENGINE: engine, ...ENGINES[engine], GUEST_ROLES: 'participant', GRANT_KEYS_FILE: grants};
      const problems = await problemsOf({...(await atLivekit(t, 'wss://live.example')), ...but});
      assert.deepEqual(
        problems.map(each => [each.variable, each.sentence]),
        [['GRANT_KEYS_FILE', sentence]],
      );
      if (engine === 'jitsi') {
        const told = {...(await atLivekit(t, 'wss://live.example')), ...but, JITSI_MODERATORS: '1'};
        assert.deepEqual(await problemsOf(told), []);
      }
    });
  }

  it('is named with the roles that are left', async t => {
    const env = {...(await atLivekit(t, 'wss://live.example')), ENGINE: 'twilio', ...ENGINES.twilio};
    const [problem] = await problemsOf(env);
    assert.equal(problem!.line, 'GUEST_ROLES=participant');
  });
});

describe('greenroom doctor with ENGINE', () => {
  it('says what the engine enforces, and that the vendor answers', async t => {
    const server = await livekitDouble(t);
    const findings = await examine({env: await atLivekit(t, server.url), engines});
    const said = findings.filter(({subject}) => subject === 'ENGINE').map(({sentence}) => sentence);
    assert.deepEqual(said, [
      'livekit: enforces viewer, audience, moderator, capacity. Does not enforce once, lecture, knock, wait_for_moderator, window.',
      'livekit answers. Its rooms here: 1.',
    ]);
  });

  it('says how far the clock is from the vendor’s', async t => {
    const server = await livekitDouble(t);
    const date = new Date(Date.now() + 120_000).toUTCString();
    server.answer(() => ({body: {rooms: [], participants: []}, headers: {date}}));
    const findings = await examine({env: await atLivekit(t, server.url), engines});
    const [problem] = findings.filter(({subject, ok}) => subject === 'ENGINE' && !ok);
    assert.match(problem!.sentence, /^livekit: The clock of this machine is 1[12]\d s behind the vendor's\. Set it/);
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
