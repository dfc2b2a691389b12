import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {test} from 'node:test';
import {Validator} from '@seriousme/openapi-schema-validator';
import {Ajv2020} from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import {ROUTES} from '../../src/http/routes.js';
import {createPlatform, openDatabase} from '../../src/platform/platform.js';
import {DROPPED_SETTINGS, OTHER_SETTINGS, RESULTS, SETTINGS, type Setting} from '../../src/rooms/rooms.js';
import {Unavailable} from '../../src/platform/database/database.js';
import {refersTo} from '../helpers/schema-refs.js';
import {brokenPlatform} from '../helpers/platform/broken.js';
import {
  MINUTE,
  FOUR,
  ROOM,
  SCHEDULED,
  startPlatform,
  until,
  World,
  type Json,
  type Reply,
} from '../helpers/platform/start.js';

interface Media {
  schema: Json;
  example?: Json;
  examples?: Record<string, {$ref: string}>;
}
interface Answers {
  description: string;
  $ref?: string;
  content: {'application/json': Media};
}
interface Operation {
  operationId: string;
  requestBody?: {content: {'application/json': Media}};
  responses: Record<string, Answers>;
}
interface Property {
  deprecated?: true;
  type?: string | string[];
  enum?: string[];
  default?: unknown;
}
type Method = 'get' | 'post' | 'patch' | 'delete';
interface Document {
  servers: {url: string}[];
  paths: Record<string, Partial<Record<Method, Operation>> & {servers?: {url: string}[]}>;
  components: {schemas: Record<string, {properties: Record<string, Property>}>};
}

const text = readFileSync(new URL('../../src/platform/openapi.json', import.meta.url), 'utf8');
const document = JSON.parse(text) as Document;
const fixture = (name: string) =>
  JSON.parse(readFileSync(new URL(`../fixtures/${name}.json`, import.meta.url), 'utf8')) as Json;

const METHODS = ['get', 'post', 'patch', 'delete'] as const;
const all = Object.entries(document.paths).flatMap(([path, {servers, ...item}]) =>
  METHODS.flatMap(method => (item[method] ? [{path, method, servers, operation: item[method]}] : [])),
);
/** Paths of the Rooms API. Paths with servers of their own are about the platform itself. */
const operations = all.filter(({servers}) => !servers);
const operationOf = (method: string, path: string) => {
  const found = operations.find(
    each =>
      each.method === method.toLowerCase() &&
      each.path === path.replace(/^\/(rooms|cdr\/room)\/[^/]+/, '/$1/{room_id}'),
  );
  assert.ok(found, `${method} ${path} is documented`);
  return found.operation;
};

const at = (pointer: string) =>
  pointer
    .slice(2)
    .split('/')
    .reduce<unknown>((value, key) => (value as Json)[key], document);
const resolved = <T extends {$ref?: string}>(value: T) => (value.$ref ? (at(value.$ref) as T) : value);
const exampleOf = ({example, examples}: Media) =>
  example ?? (at(Object.values(examples!)[0]!.$ref) as {value: Json}).value;

const ajv = new Ajv2020({strict: false, allErrors: true});
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
ajv.addSchema(document, 'openapi');
function faultsOf(schema: Json, value: unknown) {
  const check = ajv.compile(refersTo('openapi', schema));
  return check(value) ? undefined : ajv.errorsText(check.errors);
}

/** Copies of a value, each with one key too many in one of its objects, except in objects that callers fill. */
function* swollen(value: unknown): Generator<unknown> {
  if (typeof value !== 'object' || value === null) return;
  if (!Array.isArray(value)) yield {...value, undocumented: 1};
  for (const [key, inner] of Object.entries(value)) {
    if (key === 'data' || key === 'room_details') continue;
    for (const more of swollen(inner)) {
      yield Array.isArray(value) ? value.with(Number(key), more) : {...value, [key]: more};
    }
  }
}

/** Sends requests, checks every answer against the document, and notes which documented answers occurred. */
class Witness {
  readonly seen = new Set<string>();

  constructor(readonly world: World) {}

  async call(method: string, path: string, body?: unknown, credentials = {}) {
    const reply = await this.world.call(method, path, body, credentials);
    return this.hold(method, path, reply);
  }

  hold(method: string, path: string, reply: Pick<Reply, 'status' | 'headers' | 'text' | 'body'>) {
    const {operationId, responses} = operationOf(method, path);
    const what = `${operationId} ${reply.status} ${reply.text.slice(0, 300)}`;
    assert.ok(responses[reply.status], `${what}: the status is documented`);
    assert.equal(reply.headers.get('content-type'), 'application/json');
    assert.equal(reply.headers.get('content-length'), String(Buffer.byteLength(reply.text)));
    assert.equal(reply.headers.get('www-authenticate'), reply.status === 401 ? 'Basic realm="rooms"' : null);
    const {schema} = resolved(responses[reply.status]!).content['application/json'];
    assert.equal(faultsOf(schema, reply.body), undefined, what);
    for (const more of swollen(reply.body)) assert.ok(faultsOf(schema, more), `${what}: ${JSON.stringify(more)}`);
    this.seen.add(`${operationId} ${reply.status} ${reply.body.result}`);
    return reply;
  }
}

/** All answers in the document, in the form in which `Witness` notes them. */
const promised = operations.flatMap(({operation: {operationId, responses}}) =>
  Object.entries(responses).flatMap(([status, response]) => {
    const {properties} = resolved(response).content['application/json'].schema;
    const {result} = properties as {result: {enum?: number[]; const?: number}};
    return (result.enum ?? [result.const]).map(number => `${operationId} ${status} ${number}`);
  }),
);

test('the document is valid OpenAPI 3.1, and its examples are what it describes', async () => {
  const validator = new Validator();
  const {valid, errors} = await validator.validate(JSON.parse(text) as Json);
  assert.ok(valid, JSON.stringify(errors));
  assert.equal(validator.version, '3.1');
  for (const {operation} of all) {
    for (const each of [operation.requestBody, ...Object.values(operation.responses)]) {
      if (!each || operation.operationId === 'getDocument') continue;
      const media = resolved(each as Answers).content['application/json'];
      assert.equal(faultsOf(media.schema, exampleOf(media)), undefined, operation.operationId);
    }
  }
});

test('the examples are those of the source, and creating one gives the documented room', async t => {
  const world = await startPlatform(t);
  const requests = {createRoom: 'create-request', updateRoom: 'update-request', createToken: 'token-request'};
  for (const {operation} of operations) {
    const name = requests[operation.operationId as keyof typeof requests];
    assert.equal(!!name, !!operation.requestBody);
    if (name) assert.deepEqual(operation.requestBody!.content['application/json'].example, fixture(name));
  }
  const example = exampleOf(operationOf('POST', '/rooms').responses[200]!.content['application/json']);
  const {body} = await world.call('POST', '/rooms', fixture('create-request'));
  const {room_id, service_id, created} = example.room as Json;
  assert.deepEqual({...body, room: {...(body.room as Json), room_id, service_id, created}}, example);
});

test('anybody can read the document at /openapi.json, also below a mount path, byte for byte as in the repository', async t => {
  const world = await startPlatform(t);
  const response = await fetch(`http://${world.host}/openapi.json`);
  assert.deepEqual([response.status, response.headers.get('content-type')], [200, 'application/json']);
  assert.equal(response.headers.get('content-length'), String(Buffer.byteLength(text)));
  assert.equal(await response.text(), text);
  const {schema} = document.paths['/openapi.json']!.get!.responses[200]!.content['application/json'];
  assert.equal(faultsOf(schema, document), undefined);
  const database = await openDatabase(':memory:');
  const mounted = createPlatform({database, mount: '/platform'});
  t.after(async () => {
    await mounted.close();
    await database.close();
  });
  const get = async (path: string) => (await mounted.fetch(new Request(`http://any${path}`))).status;
  assert.deepEqual([await get('/platform/openapi.json'), await get('/openapi.json')], [200, 404]);
  // The servers' URLs are relative to the document's own.
  for (const {url} of document.servers) {
    const {pathname} = new URL(`${url}/rooms`, 'http://any/platform/openapi.json');
    assert.equal(await get(pathname), 401, pathname);
  }
});

test('every route is in the document, and every operation of the document is a route', () => {
  const routes = Object.values(ROUTES).map(({method, path}) => `${method} ${path.replace(':id', '{room_id}')}`);
  const documented = operations.map(({method, path}) => `${method.toUpperCase()} ${path}`);
  assert.deepEqual([...new Set([...routes, 'GET /cdr/room/{room_id}'])].sort(), documented.sort());
  const root = all.filter(each => !operations.includes(each)).map(({path}) => path);
  assert.deepEqual(root.sort(), ['/healthz', '/livez', '/openapi.json']);
});

/** The types of settings, by their kind, where one type says it all. */
const TYPES: Partial<Record<Setting['kind'], string | string[]>> = {
  text: 'string',
  time: 'string',
  url: 'string',
  boolean: 'boolean',
  reference: ['string', 'number'],
};

test('the request has every setting of the table, with its words and default', () => {
  const {SettingsDefinition, SettingsChanges, Settings} = document.components.schemas;
  const {properties} = SettingsDefinition!;
  const echoed: Record<string, Setting> = {...SETTINGS, ...OTHER_SETTINGS};
  assert.deepEqual(Object.keys(properties), Object.keys({...echoed, ...DROPPED_SETTINGS}));
  for (const [name, setting] of Object.entries(echoed)) {
    if (name === 'peep') continue; // Nobody documents its type.
    const {enum: words, type, default: initial} = properties[name]!;
    assert.deepEqual([words, initial], [setting.words, setting.default], name);
    if (setting.kind in TYPES) assert.deepEqual(type, TYPES[setting.kind], name);
  }
  assert.deepEqual(Object.keys(SettingsChanges!.properties), Object.keys(properties));
  assert.deepEqual(Object.keys(Settings!.properties).sort(), Object.keys(echoed).sort());
});

test('every number is documented with the text that the table of results has for it', () => {
  for (const {operation} of operations) {
    for (const answer of Object.values(operation.responses).map(each => resolved(each))) {
      const {schema} = answer.content['application/json'];
      const {result} = schema.properties as {result: {enum?: number[]}};
      for (const number of result.enum ?? []) {
        const {error} = RESULTS[number]!;
        assert.ok(answer.description.includes(`\`${number}\`: ${error.replace(/\.$/, '')}`), String(number));
      }
    }
  }
});

const NOBODY = '5f0c8a1be4b0a72d3c9e6f10';
const REFUSED_SETTINGS: [result: number, settings: Json][] = [
  [10003, {scheduled: 'yes'}],
  [10004, {scheduled: true}],
  [10005, {scheduled_time: 'tomorrow'}],
  [10006, {...SCHEDULED, scheduled_time: '2019-01-06 16:00:00'}],
  [10007, {participants: 0}],
  [10008, {auto_recording: 1}],
  [10009, {colour: 'red'}],
  [10014, {quality: 8}],
  [10012, {active_talker: 'yes'}],
  [10013, {wait_moderator: 'yes'}],
  [10016, {adhoc: 'yes'}],
  [10017, {scheduled: true, adhoc: true}],
  [10019, {mode: 'webinar'}],
  [10022, {moderators: 6}],
  [10025, {knock: 'yes'}],
  [10011, {duration: 0}],
  [19103, 'none' as unknown as Json],
  [19110, {description: 5}],
  [19111, {max_active_talkers: 17}],
  [19112, {audiences: -1}],
  [19113, {send_audiences_stats: true}],
  [19114, {send_audiences_stats: 'yes'}],
  [19115, {audiences: 1, hls_view_url: 'nowhere'}],
  [19116, {canvas: 'yes'}],
  [19117, {wait_for_moderator: 'yes'}],
  [19118, {single_file_recording: 'yes'}],
  [19119, {watermark: 'yes'}],
  [19120, {screen_share: 'yes'}],
  [19121, {abwd: 'yes'}],
  [19122, {facex: 'yes'}],
  [19123, {billing_code: {}}],
  [19124, {role_based_recording: 'audio'}],
  [19125, {live_recording: 'yes'}],
  [19126, {media_zone: 'MARS'}],
  [19127, {media_configuration: 5}],
  [19128, {viewers: -1}],
  [19129, {encryption: 'yes'}],
  [19130, {media_type: 5}],
  [19131, {peep: {}}],
  [19132, {live_transcription: {enabled: true}}],
];
const BODIES: [result: number, body: unknown][] = [
  [10002, {...ROOM, name: ''}],
  [10010, {...ROOM, owner_ref: ''}],
  [19001, {...ROOM, data: 'yes'}],
  [19004, '{"name": '],
  [19100, {...ROOM, name: 5}],
  [19101, {...ROOM, owner_ref: {}}],
  [19104, {...ROOM, sip: 'yes'}],
  [19105, {...ROOM, sip: {enabled: 'yes'}}],
  [19006, {...ROOM, data: 'x'.repeat(300_000)}],
];
const EVERYTHING = {
  ...SCHEDULED,
  mode: 'lecture',
  duration: '90.5',
  moderators: '2',
  participants: '900',
  audiences: 5,
};
const MORE = {
  send_audiences_stats: true,
  hls_view_url: 'DEFAULT',
  facex: true,
  billing_code: 7,
  active_talker: true,
};
const TRACKS = {description: 'Daily', role_based_recording: {moderator: 'audio'}, live_recording: true};

test('every answer is as documented, and every documented status and result occurs', async t => {
  const world = await startPlatform(t);
  const witness = new Witness(world);
  const room = await world.room({...EVERYTHING, ...MORE, ...TRACKS});
  const [plain, soon] = [await world.room({participants: 1}), await world.room(SCHEDULED)];
  const sipBody = {...ROOM, owner_ref: 5, sip: true, data: {a: {b: null}}};
  const sip = (await witness.call('POST', '/rooms', sipBody)).body.room as {room_id: string};

  for (const [result, settings] of REFUSED_SETTINGS) {
    assert.equal((await witness.call('POST', '/rooms', {...ROOM, settings})).body.result, result);
    // An update is refused in the same way, unless the key cannot be changed.
    await witness.call('PATCH', `/rooms/${plain}`, {settings});
    if (typeof settings === 'string') continue;
    await witness.call('PATCH', `/rooms/${soon}`, {settings: {...settings, scheduled: undefined, duration: undefined}});
  }
  await witness.call('PATCH', `/rooms/${soon}`, {settings: {scheduled_time: ''}});
  await witness.call('PATCH', `/rooms/${soon}`, {settings: {duration: ''}});
  for (const [result, body] of BODIES) {
    assert.equal((await witness.call('POST', '/rooms', body)).body.result, result);
    assert.equal((await witness.call('PATCH', `/rooms/${plain}`, body)).body.result, result);
  }
  for (const id of [plain, sip.room_id, room]) {
    await witness.call('PATCH', `/rooms/${id}`, {name: 'Renamed', data: {more: true}});
    await witness.call('GET', `/rooms/${id}`);
  }

  const who = {name: 'Ann', role: 'participant', user_ref: 1};
  const ask = (id: string, body: Json | string = {}) =>
    witness.call('POST', `/rooms/${id}/tokens`, typeof body === 'string' ? body : {...who, ...body});
  const six = Object.fromEntries('abcdef'.split('').map(key => [key, 1]));
  for (const body of [
    {},
    {name: ''},
    {role: ''},
    {role: 'Host'},
    {user_ref: ''},
    {data: six},
    {user_ref: true},
    {name: 5},
    '[',
  ]) {
    await ask(plain, body);
  }
  await ask(plain, {data: 'x'.repeat(300_000)});
  await ask(plain, {role: 'audience'});
  await ask(soon);
  const guest = await world.enter(plain);
  await ask(plain);
  await witness.call('GET', `/rooms/${plain}/users`);
  await witness.call('GET', `/rooms/${plain}`);
  await witness.call('DELETE', `/rooms/${plain}`);
  await guest.leave();
  await until(async () => (await witness.call('GET', `/cdr/room/${plain}`)).text.includes('cdr_id'));

  world.now = FOUR - 14 * MINUTE;
  await witness.call('PATCH', `/rooms/${soon}`, {name: 'Later'});
  world.now = FOUR + 61 * MINUTE;
  await ask(soon);
  await witness.call('GET', '/rooms');

  const {fault, faults, platform, close} = await brokenPlatform();
  t.after(close);
  const broken = [new Error('A fault of ours.'), Unavailable.away(new Error()), Unavailable.busy(new Error())];
  for (const [{method, path}, error] of operations.flatMap(each => broken.map(error => [each, error] as const))) {
    fault.now = error;
    const way = path.replace('{room_id}', NOBODY);
    const body = method === 'post' || method === 'patch' ? {...ROOM, ...who} : undefined;
    if (way !== '/rooms') await witness.call(method.toUpperCase(), way, body);
    await witness.call(method.toUpperCase(), way, body, {key: 'wrong'});
    const request = new Request(`http://any/v2${way}`, {method: method.toUpperCase(), ...(body && {body: '{}'})});
    const response = await platform.fetch(request);
    const answer = await response.text();
    const {status, headers} = response;
    witness.hold(method, way, {status, headers, text: answer, body: JSON.parse(answer) as Reply['body']});
  }
  fault.now = undefined;
  await platform.close();
  await witness.call('DELETE', `/rooms/${soon}`);

  assert.deepEqual(world.faults, []);
  // Sessions may have used the database meanwhile, too.
  assert.ok(faults.length >= broken.length * operations.length);
  assert.deepEqual([...witness.seen].sort(), [...promised].sort());
});
