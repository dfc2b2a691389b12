// What the proxy costs: tokens through the proxy with all its checks, compared with a server that only passes requests on
// to the same stub of a platform. `npm run bench:proxy` builds, and prints the ratios of one run. The exit code is 1 if a
// goal is missed. `npm run bench:proxy -- memory` measures how much memory a million visitors need instead.
import {fork, type ChildProcess} from 'node:child_process';
import {once} from 'node:events';
import {createServer, type IncomingMessage, type RequestListener, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {fileURLToPath} from 'node:url';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import autocannon, {type Result} from 'autocannon';
import {Pool} from 'undici';
import type * as Http from '../../src/http/server.js';
import type * as Transport from '../../src/proxy/node/node.js';
import type * as Proxy from '../../src/proxy/proxy.js';
import type {Room} from '../../src/rooms/rooms.js';

// The built files, as users run them.
const dist = '../../dist';
const {serve} = (await import(`${dist}/http/server.js`)) as typeof Http;
const {undiciTransport} = (await import(`${dist}/proxy/node/node.js`)) as typeof Transport;
const {basicAuth, platformRooms, tokenProxy} = (await import(`${dist}/proxy/proxy.js`)) as typeof Proxy;

const ORIGIN = 'https://shop.example';
const ROUNDS = Number(process.env.ROUNDS ?? 5);
const SECONDS = Number(process.env.SECONDS ?? 4);
const VISITORS = Number(process.env.VISITORS ?? 1_000_000);

const CLAIMS = Buffer.from('{"exp":1900000000}').toString('base64url');
const TOKEN = `{"result":0,"token":"${'x'.repeat(36)}.${CLAIMS}.${'x'.repeat(200)}"}`;
const ROOM: Room = {
  room_id: 'lobby',
  name: 'Lobby',
  owner_ref: 'owner',
  settings: {mode: 'group', participants: 10, moderators: 1, quality: 'HD', description: 'Come in'},
  sip: {enabled: false},
  created: '2030-01-01T00:00:00.000Z',
};
const ROLES: Record<string, (platform: string) => Promise<string>> = {stub, bare, guests, authorize};

function read(request: IncomingMessage): Promise<string> {
  return new Promise(resolve => {
    let text = '';
    request.setEncoding('utf8').on('data', chunk => (text += chunk));
    request.on('end', () => resolve(text));
  });
}

async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function reply(response: ServerResponse, text: string) {
  response.writeHead(200, {'content-type': 'application/json', 'content-length': Buffer.byteLength(text)}).end(text);
}

/** A platform that answers at once. */
async function stub(): Promise<string> {
  const room = JSON.stringify({result: 0, room: ROOM});
  const base = await listen((request, response) => {
    void read(request).then(() => reply(response, request.method === 'POST' ? TOKEN : room));
  });
  return `${base}/v2`;
}

/** Passes every request on without a check. */
async function bare(platform: string): Promise<string> {
  const {origin, pathname} = new URL(platform);
  const pool = new Pool(origin, {connections: 100});
  const headers = {'content-type': 'application/json', authorization: basicAuth('app', 'key')};
  return listen((request, response) => {
    void read(request).then(async body => {
      const path = pathname + request.url;
      reply(response, await (await pool.request({path, method: 'POST', headers, body})).body.text());
    });
  });
}

let visitors = 0;
/** Another address for each request, so that each is counted and none meets a limit. */
const address = () => `10.${(++visitors >> 16) & 255}.${(visitors >> 8) & 255}.${visitors & 255}`;

async function proxied(platform: string, who: Partial<Proxy.TokenProxyOptions>): Promise<string> {
  const proxy = tokenProxy({
    rooms: platformRooms({
      endpoint: platform,
      headers: {authorization: basicAuth('app', 'key')},
      exchange: undiciTransport(),
    }),
    origins: [ORIGIN],
    userRefs: {secret: 'a secret of the benchmark, 32 bytes long'},
    // Everybody is counted and nobody is refused.
    limits: {tokens: {room: {capacity: 1e6, per: 1000}}},
    ...who,
  });
  return (await serve({port: 0, fetch: request => proxy.answer(request, {ip: address()})})).url;
}

function guests(platform: string) {
  return proxied(platform, {guests: {roles: ['participant']}});
}

function authorize(platform: string) {
  let users = 0;
  return proxied(platform, {
    authorize: () => ({user_ref: `user-${++users}`, name: 'Ann', roles: ['participant', 'viewer'], rooms: '*'}),
  });
}

async function start(role: string, platform = ''): Promise<{url: string; child: ChildProcess}> {
  const child = fork(fileURLToPath(import.meta.url), [role, platform], {execArgv: ['--import', 'tsx']});
  const [url] = (await once(child, 'message')) as [string];
  return {url, child};
}

/** CPU time that a child has used so far, in µs. */
async function cpuOf(child: ChildProcess): Promise<number> {
  child.send('cpu');
  const [{user, system}] = (await once(child, 'message')) as [NodeJS.CpuUsage];
  return user + system;
}

function load(url: string, duration: number): Promise<Result> {
  return autocannon({
    url: `${url.replace(/\/$/, '')}/rooms/lobby/tokens`,
    method: 'POST',
    connections: 50,
    duration,
    headers: {origin: ORIGIN, 'x-rooms-client': 'bench', 'content-type': 'application/json'},
    body: JSON.stringify({name: 'Ann', role: 'participant'}),
  });
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

async function compare() {
  const {url: platform, child: stubbed} = await start('stub');
  const subjects = ['bare', 'guests', 'authorize'];
  const started = await Promise.all(subjects.map(subject => start(subject, platform)));
  const measured: (Result & {cpu: number})[][] = subjects.map(() => []);
  const stop = () => [...started, {child: stubbed}].forEach(({child}) => child.kill());
  const fail = (message: string) => {
    stop();
    throw new Error(message);
  };
  for (const {url} of started) await load(url, 2);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, {url, child}] of started.entries()) {
      const before = await cpuOf(child);
      const result = await load(url, SECONDS);
      const cpu = ((await cpuOf(child)) - before) / result.requests.total;
      if (result.non2xx || result.errors) fail(`${subjects[index]}: ${JSON.stringify(result.statusCodeStats)}`);
      measured[index]!.push({...result, cpu});
    }
  }
  stop();
  const rows = measured.map((results, index) => ({
    subject: subjects[index]!,
    rate: median(results.map(({requests}) => requests.average)),
    p99: median(results.map(({latency}) => latency.p99)),
    cpu: median(results.map(({cpu}) => cpu)),
  }));
  const [{rate, p99, cpu}] = rows as [(typeof rows)[0]];
  for (const row of rows) {
    const ratios = `throughput × ${(row.rate / rate).toFixed(2)}, p99 × ${(row.p99 / p99).toFixed(2)}, CPU × ${(row.cpu / cpu).toFixed(2)}`;
    const figures = `${Math.round(row.rate)} requests/s, p99 ${row.p99} ms, ${Math.round(row.cpu)} µs of CPU a request`;
    console.log(`${row.subject.padEnd(10)} ${figures}; ${ratios}`);
  }
  const missed = rows.filter(row => row.rate < 0.6 * rate || row.p99 > 2 * p99);
  console.log(missed.length ? 'Missed: throughput × 0.6, p99 × 2.' : 'Met: throughput × 0.6, p99 × 2.');
  process.exitCode = missed.length ? 1 : 0;
}

async function memory() {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const none = async () => [];
  const done = async () => {};
  const room = async () => ROOM;
  const token = async () => ({token: 'x'.repeat(260)});
  let users = 0;
  const proxy = tokenProxy({
    rooms: {list: none, get: room, create: room, update: done, remove: done, users: none, token},
    authorize: () => ({user_ref: `user-${++users}`, name: 'Ann', roles: ['participant'], rooms: '*'}),
    userRefs: {secret: 'a secret of the benchmark, 32 bytes long'},
    limits: {tokens: {room: {capacity: 1e6, per: 1000}}},
    origins: [ORIGIN],
  });
  const known = {origin: ORIGIN, 'x-rooms-client': 'bench', 'content-type': 'application/json'};
  const body = JSON.stringify({name: 'Ann', role: 'participant'});
  // Each visitor has another address, reference and key, which is all that the proxy remembers about them.
  const visit = async () => {
    const headers = {...known, 'idempotency-key': crypto.randomUUID()};
    const request = new Request('https://proxy.example/rooms/lobby/tokens', {method: 'POST', headers, body});
    const {status} = await proxy.answer(request, {ip: address()});
    if (status !== 200) throw new Error(`Answered ${status}.`);
  };
  const used = async () => {
    await new Promise(resolve => setTimeout(resolve, 100));
    collect();
    return process.memoryUsage().heapUsed / 2 ** 20;
  };
  for (let each = 0; each < 1000; each++) await visit();
  const before = await used();
  while (visitors < VISITORS) await Promise.all(Array.from({length: 50}, visit));
  const grown = (await used()) - before;
  console.log(`${VISITORS} visitors leave ${grown.toFixed(1)} MB behind; the goal is 64 MB.`);
  process.exitCode = grown > 64 ? 1 : 0;
}

const [role, platform] = process.argv.slice(2);
if (role === 'memory') await memory();
else if (role) {
  process.on('disconnect', () => process.exit());
  process.on('message', () => process.send!(process.cpuUsage()));
  process.send!(await ROLES[role]!(platform!));
} else await compare();
