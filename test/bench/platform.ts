/**
 * Measures the speed of the local platform, on an SQLite file and, with `DATABASE_URL`, on Postgres:
 *
 *     npm run bench:platform
 *
 * It asserts nothing, because the machine may be busy: it prints each goal and whether it was met. Trust the ratios more
 * than the figures: both sides of a ratio are measured in the same run, in turns.
 */
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import pg from 'pg';
import {Pool} from 'undici';
import {WebSocket} from 'ws';
import {serve} from '../../src/http/server.js';
import {createPlatform, openDatabase} from '../../src/platform/platform.js';
import {freePort} from '../helpers/http/free-port.js';
import {greenroom} from './greenroom.js';
import {fillLargestRoom} from './largest-room.js';

const {DATABASE_URL} = process.env;
const ROUNDS = 5;
const WORKERS = 16;
const PAIRS = 25;
const ROOMS = 10_000;
const LISTS = 100;
const CONNECTIONS = 200;
const SCHEMA = `bench_${process.pid}`;

interface Store {
  name: string;
  url: string;
  pool: Pool;
  headers: Record<string, string>;
  fetch: (request: Request) => Promise<Response>;
  create: (name: string) => Promise<string>;
  stop: () => Promise<void>;
}

async function openStore(name: string, place: string): Promise<Store> {
  const database = await openDatabase(place);
  const platform = createPlatform({database});
  const {id, key} = await platform.createApplication();
  const rooms = platform.rooms(id);
  const server = await serve({port: 0, fetch: platform.fetch, upgrade: platform.upgrade});
  const url = `http://127.0.0.1:${server.port}`;
  const pool = new Pool(url, {connections: WORKERS});
  const settings = {participants: 5, duration: 30, description: 'What the team talks about each morning'};
  return {
    name,
    url,
    pool,
    headers: {authorization: `Basic ${btoa(`${id}:${key}`)}`, 'content-type': 'application/json'},
    fetch: platform.fetch,
    create: async room => (await rooms.create({name: room, owner_ref: 'bench', settings, data: {floor: 3}})).room_id,
    async stop() {
      await pool.close();
      await platform.close();
      await server.close();
      await database.close();
    },
  };
}

const median = (numbers: number[]) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)]!;
const percentile = (numbers: number[], share: number) =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length * share)]!;

/** Runs some work, and returns how long it took in ms. */
async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const inParallel = (times: number, work: (index: number) => Promise<unknown>) =>
  Promise.all(Array.from({length: times}, (_, index) => work(index)));

async function issue({pool, headers}: Store, room_id: string): Promise<string> {
  const body = JSON.stringify({name: 'Ann', role: 'participant', user_ref: 'u1'});
  const path = `/video/v2/rooms/${room_id}/tokens`;
  const reply = await pool.request({path, method: 'POST', headers, body});
  const {token} = (await reply.body.json()) as {token: string};
  return token;
}

async function open({url}: Store): Promise<WebSocket> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/video/v2/session`);
  await once(socket, 'open');
  return socket;
}

/** Joins over an open connection with a token, and returns whether it was let in. */
async function redeem(socket: WebSocket, token: string): Promise<boolean> {
  const told = once(socket, 'message') as Promise<[Buffer]>;
  socket.send(JSON.stringify({type: 'join', token}));
  return (JSON.parse((await told)[0].toString()) as {type: string}).type === 'joined';
}

/** Issues and uses `PAIRS` tokens in each worker, each worker in a room of its own. Returns pairs per second. */
async function pairs(store: Store, rooms: string[]): Promise<number> {
  const ms = await timed(() =>
    inParallel(WORKERS, async worker => {
      for (let pair = 0; pair < PAIRS; pair++) {
        const token = await issue(store, rooms[worker]!);
        const socket = await open(store);
        if (!(await redeem(socket, token))) throw new Error('Not let in.');
        // As a page does. Otherwise the seat is kept, and the next token takes it over.
        socket.send(JSON.stringify({type: 'leave'}));
        await once(socket, 'close');
      }
    }),
  );
  return (WORKERS * PAIRS * 1000) / ms;
}

/** Issues `PAIRS` tokens in each worker. Returns tokens per second. */
async function issues(store: Store, rooms: string[]): Promise<number> {
  const ms = await timed(() =>
    inParallel(WORKERS, async worker => {
      for (let each = 0; each < PAIRS; each++) await issue(store, rooms[worker]!);
    }),
  );
  return (WORKERS * PAIRS * 1000) / ms;
}

async function startBare() {
  const text = JSON.stringify({result: 0, token: 'x'.repeat(300)});
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      response.writeHead(200, {'content-type': 'application/json', 'content-length': text.length}).end(text);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const pool = new Pool(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, {connections: WORKERS});
  return {
    async perSecond() {
      const body = JSON.stringify({name: 'Ann', role: 'participant', user_ref: 'u1'});
      const ms = await timed(() =>
        inParallel(WORKERS, async () => {
          for (let each = 0; each < PAIRS; each++) {
            await (await pool.request({path: '/', method: 'POST', body})).body.json();
          }
        }),
      );
      return (WORKERS * PAIRS * 1000) / ms;
    },
    async stop() {
      await pool.close();
      server.close();
    },
  };
}

const print = (what: string, value: string) => console.log(`${what.padEnd(58)} ${value}`);

/** Prints a measurement, its goal, and whether the goal is met. */
const judge = (what: string, goal: string, met: boolean, value: string) =>
  print(`${what} (goal: ${goal})`, `${met ? 'met' : 'MISSED'}: ${value}`);

/** Tokens, in turns on all stores and on a server that returns a constant. */
async function tokens(stores: Store[]) {
  const bare = await startBare();
  const rooms = new Map<Store, string[]>();
  for (const store of stores) {
    rooms.set(store, (await inParallel(WORKERS, index => store.create(`Worker ${index}`))) as string[]);
  }
  const rates: Record<string, number[]> = {};
  const note = (name: string, rate: number) => (rates[name] ??= []).push(rate);
  for (let round = 0; round <= ROUNDS; round++) {
    const measured: [string, number][] = [['bare', await bare.perSecond()]];
    for (const store of stores) {
      measured.push([`${store.name} issue`, await issues(store, rooms.get(store)!)]);
      measured.push([`${store.name} issue + redeem`, await pairs(store, rooms.get(store)!)]);
    }
    // The first round only warms up.
    if (round > 0) for (const [name, rate] of measured) note(name, rate);
  }
  await bare.stop();
  const rate = (name: string) => median(rates[name]!);
  print('bare node:http: a constant answer', `${rate('bare').toFixed(0)} / s`);
  for (const {name} of stores) {
    for (const what of ['issue', 'issue + redeem']) {
      const each = rate(`${name} ${what}`);
      print(`${name}: tokens, ${what}`, `${each.toFixed(0)} / s = ${(each / rate('bare')).toFixed(3)} of bare`);
    }
  }
  if (stores.length > 1) {
    const [file, postgres] = stores.map(({name}) => rate(`${name} issue + redeem`));
    print('Postgres to file: tokens, issue + redeem', (postgres! / file!).toFixed(2));
  }
}

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;
const megabytes = () => {
  collect();
  const {heapUsed, rss} = process.memoryUsage();
  return {heap: heapUsed / 2 ** 20, rss: rss / 2 ** 20};
};

/** The list of many rooms: time from request to bytes, and memory that stays in use. */
async function list({name, create, fetch, headers}: Store) {
  for (let made = 0; made < ROOMS; made += 100) await inParallel(100, index => create(`Room ${made + index}`));
  const get = async () => (await fetch(new Request('http://rooms/video/v2/rooms', {headers}))).arrayBuffer();
  const first = await timed(get);
  const value: unknown = JSON.parse(new TextDecoder().decode(await get()));
  for (let warm = 0; warm < 20; warm++) await get();
  const [times, floor]: [number[], number[]] = [[], []];
  const before = megabytes();
  for (let each = 0; each < LISTS; each++) {
    times.push(await timed(get));
    floor.push(await timed(async () => JSON.stringify(value)));
  }
  const after = megabytes();
  judge(
    `${name}: list of ${ROOMS} rooms`,
    '60 ms',
    median(times) <= 60,
    `${median(times).toFixed(1)} ms = ${(median(times) / median(floor)).toFixed(1)} × JSON.stringify; ` +
      `p95 ${percentile(times, 0.95).toFixed(1)}, best ${Math.min(...times).toFixed(1)}, the first ${first.toFixed(0)}`,
  );
  judge(
    `${name}: memory before and after ${LISTS} of them`,
    'flat',
    after.heap - before.heap < before.heap / 20,
    `heap ${before.heap.toFixed(0)} → ${after.heap.toFixed(0)} MiB, RSS ${before.rss.toFixed(0)} → ${after.rss.toFixed(0)} MiB`,
  );
}

/** One token, used by many connections at once. */
async function race(store: Store) {
  const token = await issue(store, await store.create('Race'));
  const sockets = (await inParallel(CONNECTIONS, () => open(store))) as WebSocket[];
  const winners = (await inParallel(CONNECTIONS, index => redeem(sockets[index]!, token))).filter(Boolean).length;
  await Promise.all(
    sockets.map(async socket => {
      if (socket.readyState === socket.CLOSED) return;
      socket.close(1000);
      await once(socket, 'close');
    }),
  );
  judge(`${store.name}: ${CONNECTIONS} uses of one token at once`, '1 winner', winners === 1, `${winners} let in`);
}

/** Time from starting a program to its first answer, in ms. The platform reads its database for that answer. */
async function startOf(args: (port: number) => string[], cwd: string): Promise<number> {
  const port = await freePort();
  const began = performance.now();
  const child = spawn(process.execPath, args(port), {cwd, stdio: 'ignore'});
  const exited = once(child, 'exit');
  const answers = () =>
    fetch(`http://127.0.0.1:${port}/healthz`).then(
      ({ok}) => ok,
      () => false,
    );
  while (!(await answers())) {
    if (child.exitCode !== null) throw new Error('It did not start.');
    await new Promise(resolve => setTimeout(resolve, 2));
  }
  const ms = performance.now() - began;
  child.kill('SIGTERM');
  await exited;
  return ms;
}

/** A lecture of 1,005 people, on so many processes. */
async function largestRoom(name: string, place: string, processes: number) {
  const fill = await fillLargestRoom(greenroom(), place, processes);
  const what = `${name}: lecture of ${fill.joins.length} people`;
  judge(`${what} comes in`, '60 s', fill.seconds <= 60, `${fill.seconds.toFixed(1)} s`);
  const p99 = percentile(fill.joins, 0.99);
  judge(
    `${what}, p99 of a join`,
    '1000 ms',
    p99 <= 1000,
    `${p99.toFixed(0)} ms, median ${median(fill.joins).toFixed(0)}`,
  );
  print(`${what}, most bytes to a newcomer`, String(fill.newcomer));
  print(`${what}, most bytes to a participant afterwards`, String(fill.inside));
  print(`${what}, memory for each`, `${fill.memory.toFixed(0)} KiB`);
  judge(`${what} leaves`, '0 left', fill.left === 0, `${fill.left} left`);
}

/** `greenroom platform` in an empty folder, compared with a server that does nothing. */
async function starts() {
  const command = greenroom();
  const bare = (port: number) => [
    '-e',
    `require('http').createServer((_, reply) => reply.end()).listen(${port}, '127.0.0.1')`,
  ];
  const times: {bare: number[]; platform: number[]} = {bare: [], platform: []};
  for (let round = 0; round < ROUNDS; round++) {
    const folder = await mkdtemp(join(tmpdir(), 'greenroom-'));
    times.bare.push(await startOf(bare, folder));
    times.platform.push(
      await startOf(port => [...command, 'platform', '--port', String(port), '--drain', '0'], folder),
    );
    await rm(folder, {recursive: true});
  }
  const [platform, floor] = [median(times.platform), median(times.bare)];
  judge(
    `start on an empty folder, ${command.length > 1 ? 'by tsx' : 'built'}`,
    '1000 ms',
    platform <= 1000,
    `${platform.toFixed(0)} ms = ${(platform / floor).toFixed(1)} × a bare server`,
  );
}

async function query(sql: string) {
  const client = new pg.Client(DATABASE_URL);
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

const folder = await mkdtemp(join(tmpdir(), 'greenroom-'));
const stores = [await openStore('file', join(folder, 'rooms.db'))];
const place = new URL(DATABASE_URL ?? 'postgres:');
if (DATABASE_URL) {
  await query(`create schema ${SCHEMA}`);
  place.searchParams.set('options', `-csearch_path=${SCHEMA}`);
  stores.push(await openStore('Postgres', place.href));
}
try {
  await tokens(stores);
  for (const store of stores) await race(store);
  for (const store of stores) await list(store);
  await largestRoom('file, one process', join(folder, 'lecture.db'), 1);
  if (DATABASE_URL) {
    for (const processes of [1, 2]) await largestRoom(`Postgres, processes: ${processes}`, place.href, processes);
  }
  await starts();
} finally {
  for (const store of stores) await store.stop();
  await rm(folder, {recursive: true});
  if (DATABASE_URL) await query(`drop schema ${SCHEMA} cascade`);
}
