import assert from 'node:assert/strict';
import {describe, it, type TestContext} from 'node:test';
import * as environment from '../../src/engines/node/environment.js';
import type {VariableReader} from '../../src/engines/node/directories.js';
import {engineRooms} from '../../src/engines/engine-rooms.js';
import {janusPeople} from '../../src/engines/janus-people.js';
import {examineDatabase} from '../../src/platform/database/database.js';
import {localDirectory, openDirectory} from '../../src/platform/platform.js';
import {examine} from '../../src/proxy/node/doctor/doctor.js';
import type {Environment} from '../../src/proxy/node/environment.js';
import {jsonLines, lineOf} from '../../src/proxy/node/log.js';
import {metrics} from '../../src/proxy/node/metrics.js';
import {tokenProxy} from '../../src/proxy/proxy.js';
import type {Role} from '../../src/rooms/schema.js';
import {privateKey} from '../helpers/engines/keys.js';
import type {Recorded, Recorder} from '../helpers/engines/recorder.js';
import {NAMES, SECRET, vendorDouble, type VendorName} from '../helpers/engines/vendors.js';
import {command, file} from '../helpers/proxy/command.js';
import {freshDatabase, freshPlace} from '../helpers/platform/place.js';

const MARK = 'CANARY';
const ORIGIN = 'https://shop.example';
const ROLES: Role[] = ['moderator', 'viewer', 'audience'];

/** Everything that is told by a proxy in front of rooms at this vendor: answers, log, metrics and console. */
async function traffic(t: TestContext, name: VendorName, change: (usual: Answer) => Answer) {
  const consoles = (['log', 'info', 'warn', 'error'] as const).map(name => t.mock.method(console, name, () => {}));
  const {engine, requests, answer} = await vendorDouble(t, name, {timeout: 1_000});
  const database = await freshDatabase(t, 'shop');
  const counted = metrics();
  let told = '';
  const write = jsonLines({write: line => void (told += line)});
  const log: NonNullable<Parameters<typeof engineRooms>[0]['log']> = entry => {
    counted.logged(entry);
    write(entry);
  };
  const rooms = engineRooms({directory: localDirectory(database, {application: 'shop'}), engine, log});
  const roles: Role[] = ['participant', ...ROLES.filter(role => engine.enforces[role as 'viewer'])];
  const proxy = tokenProxy({
    rooms,
    authorize: () => ({user_ref: 'ann', name: 'Ann', roles, rooms: '*', can: ['manage', 'users']}),
    origins: [ORIGIN],
    userRefs: 'plain',
    cache: 0,
    log,
    answered: answered => {
      counted.answered(answered);
      write(lineOf(answered));
    },
  });
  const answers: {path: string; status: number; head: string; text: string}[] = [];
  async function send(method: string, path: string, sent?: object) {
    const headers = {'x-rooms-client': 'test', origin: ORIGIN, ...(sent && {'content-type': 'application/json'})};
    const body = sent && JSON.stringify(sent);
    const response = await proxy(new Request(`https://api.shop.example${path}`, {method, headers, body: body ?? null}));
    const head = JSON.stringify([...response.headers]);
    answers.push({path, status: response.status, head, text: await response.text()});
    return JSON.parse(answers.at(-1)!.text) as {room?: {room_id: string}};
  }
  const settings = {participants: 9, ...(engine.enforces.audience && {audiences: 9})};
  const made = await send('POST', '/rooms', {name: 'Lobby', settings});
  const room = `/rooms/${made.room!.room_id}`;
  // A session whose id is kept.
  await send('POST', `${room}/tokens`, {role: 'participant'});
  const usual = answer(() => ({}));
  answer(change(usual));
  for (const role of roles) await send('POST', `${room}/tokens`, {role});
  for (const path of ['/rooms', room, `${room}/users`]) await send('GET', path);
  await send('PATCH', room, {name: 'Foyer'});
  await send('DELETE', room);
  const printed = JSON.stringify(consoles.map(({mock}) => mock.calls.map(call => call.arguments.map(String))));
  const lines = told;
  told += printed + (await (await counted.page()).text());
  return {answers, told, lines, requests, secrets: await secretsIn(requests, made.room!.room_id)};
}
type Answer = Parameters<Recorder['answer']>[0];

/** What a vendor gets of us and nobody else: keys, and what they signed. */
async function secretsIn(requests: Recorded[], room: string) {
  const sent = requests.flatMap(({headers: {authorization}}) => String(authorization ?? '').split(' ')[1] ?? []);
  const people = janusPeople(SECRET);
  return [SECRET, btoa(SECRET), ...privateKey.split('\n').slice(1, -2), ...sent].concat(
    await people.secretOf(await people.roomAt(room)),
  );
}

const assertNone = (text: string, secrets: string[], what: string) => {
  for (const secret of secrets) assert.ok(!text.includes(secret), what);
  assert.doesNotMatch(text, /CANARY/, what);
};

/** Vendors that send back all that they got, and more than they were asked for. */
const echo = ({path, headers, body}: Recorded) => `${MARK} ${path} ${JSON.stringify(headers)} ${body}`;
const ECHOES: Record<string, Answer> = {
  'a page': request => ({body: `<h1>${echo(request)}</h1>`}),
  'an error': request => ({status: 500, body: echo(request)}),
  'a refusal': request => ({status: 403, body: {msg: echo(request)}, headers: {'www-authenticate': MARK}}),
  'a bad request': request => ({status: 400, body: {error: echo(request), info: MARK}}),
  'a redirect': request => ({status: 302, headers: {location: `https://${MARK}.example/?${encodeURI(request.body)}`}}),
  'too many': request => ({status: 429, body: echo(request), headers: {'retry-after': MARK}}),
};

describe('the secrets of an engine', () => {
  for (const name of NAMES) {
    it(`are in no answer, log or metric, and a token only in its own answer, when all goes well: ${name}`, async t => {
      const more: Answer = () => ({headers: {'x-canary': MARK}});
      const {answers, told, lines, secrets} = await traffic(t, name, usual => async request => {
        const {headers, ...answered} = await usual(request);
        return {...answered, headers: {...headers, ...(await more(request)).headers}};
      });
      for (const {path, status, head, text} of answers) {
        assert.equal(status, 200, text);
        assertNone(head + text, secrets, path);
      }
      assertNone(told, secrets, 'log');
      for (const {text} of answers.filter(({path}) => path.endsWith('/tokens'))) {
        const {token} = JSON.parse(text) as {token: string};
        assert.ok(!told.includes(token));
        for (const other of answers)
          assert.ok(other.path.endsWith('/tokens') || !(other.head + other.text).includes(token));
      }
      assert.equal(lines.trim().split('\n').length, answers.length);
    });

    for (const [what, answer] of Object.entries(ECHOES)) {
      it(`are nowhere when the vendor sends them back in ${what}: ${name}`, async t => {
        const {answers, told, secrets} = await traffic(t, name, () => answer);
        for (const {path, head, text} of answers) assertNone(head + text, secrets, path);
        assertNone(told, secrets, 'log');
      });
    }
  }
});

/** The engines as the command has them. */
const engines = {
  ...environment,
  readEngines: (read: VariableReader) => environment.readEngines(read, {open: openDirectory, examine: examineDatabase}),
};
const ALL = 'livekit,jitsi,jaas,daily,twilio,vonage,realtimekit,bigbluebutton,janus,zoom';

/** An environment with all engines, where every secret is marked and nobody listens. */
async function everything(t: TestContext): Promise<Environment> {
  const names = Object.keys(environment.VARIABLES).flatMap(names => names.split(' '));
  const secrets = environment.SECRETS.map(name => [name, `${MARK}-${name}-0123456789-0123456789`]);
  const keys = names.filter(name => name.endsWith('PRIVATE_KEY')).map(name => [name, privateKey]);
  return {
    ...Object.fromEntries(names.filter(name => /(_ID|_SID|_KEY)$/.test(name)).map(name => [name, 'an-id'])),
    ...(Object.fromEntries([...secrets, ...keys]) as Environment),
    ENGINE: ALL,
    LIVEKIT_URL: 'ws://127.0.0.1:9',
    JITSI_DOMAIN: '127.0.0.1:9',
    BIGBLUEBUTTON_URL: 'http://127.0.0.1:9/api',
    JANUS_URL: 'ws://127.0.0.1:9',
    JANUS_ADMIN_URL: 'http://127.0.0.1:9/admin',
    JANUS_EVENTS: 'ws://127.0.0.1:0/',
    REALTIMEKIT_PRESETS: 'participant=p',
    APP_ID: 'shop',
    DATABASE_URL: await freshPlace(t, () => {}),
    ORIGINS: ORIGIN,
    GUEST_ROLES: 'participant',
    PORT: '0',
  };
}

describe('commands with every engine, whatever they print', () => {
  const secrets = [MARK, ...privateKey.split('\n').slice(1, -2)];

  it('never print a secret: the doctor, while no vendor can be reached', async t => {
    const env: Environment = {...(await everything(t)), JANUS_EVENTS: undefined};
    const directory = await openDirectory(env.DATABASE_URL!, {application: 'shop'});
    // The others are at addresses of their vendors, and are asked only if they have rooms.
    for (const engine of ['livekit', 'jitsi', 'bigbluebutton', 'janus']) {
      await directory.create({name: engine, owner_ref: 'alice', engine});
    }
    await directory.close();
    const findings = await examine({env, engines});
    const text = JSON.stringify(findings);
    for (const engine of ['livekit', 'jitsi', 'bigbluebutton', 'janus']) {
      assert.ok(text.includes(`${engine}: It cannot be reached.`), text);
    }
    for (const secret of secrets) assert.ok(!text.includes(secret));
  });

  it('never print a secret: the proxy and the doctor, when all is wrong', async t => {
    const right = await everything(t);
    const broken = Object.fromEntries(
      Object.entries(right).map(([name, value]) => [
        name,
        /_URL$|DOMAIN|PRESETS/.test(name) ? `${MARK}:@ ${MARK}` : value,
      ]),
    );
    const WRONG: Environment[] = [
      {...right, JANUS_EVENTS: `ws://${MARK}`},
      {...right, JAAS_PRIVATE_KEY: MARK, VONAGE_PRIVATE_KEY: `${MARK}\n${MARK}`},
      {...right, TOKEN_LIFETIME: MARK},
      {...right, DATABASE_URL: `postgres://${MARK}:${MARK}@127.0.0.1:9/${MARK}`},
      {...broken, LIVEKIT_API_SECRET: undefined, LIVEKIT_API_SECRET_FILE: await file(t, 'secret', `${MARK}\n${MARK}`)},
      {...right, DATABASE_URL: undefined, ROOMS_FILE: await file(t, 'rooms.json', `[{"room_id": "${MARK}`)},
      {
        ...right,
        DATABASE_URL: undefined,
        ROOMS_FILE: await file(t, 'rooms.json', `[{"room_id": "lobby", "name": "x"}]`),
      },
    ];
    for (const env of WRONG) {
      const findings = await examine({env, engines});
      assert.ok(findings.some(({ok}) => !ok));
      for (const secret of secrets) assert.ok(!JSON.stringify(findings).includes(secret), JSON.stringify(findings));
    }
    const run = command(t, ['proxy'], WRONG[4]!);
    assert.equal(await run.ended, 1);
    for (const secret of secrets) assert.ok(!(run.told.out + run.told.err).includes(secret));
  });
});
