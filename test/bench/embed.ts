// What the pasted script costs a visitor with a slow phone: the time from its tag to the first click that works, at Fast
// 3G and with a CPU four times slower, compared with a hand-written element of the same look and data.
// `npm run bench:embed` builds, prints medians of one run, and exits with 1 if a goal is missed.
import {once} from 'node:events';
import {readFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {brotliCompressSync} from 'node:zlib';
import {getRequestListener} from '@hono/node-server';
import {chromium} from 'playwright-core';
import {minify} from 'vite';
import {createPlatform, openDatabase} from '../../src/platform/platform.js';
import {tokenProxy} from '../../src/proxy/proxy.js';
import {playwrightLaunchOptions} from '../browsers/chrome.mjs';

const ROUNDS = Number(process.env.ROUNDS ?? 9);
const ROOMS = 20;

/** As Chrome's developer tools had it: https://github.com/ChromeDevTools/devtools-frontend, SDK.NetworkManager. */
const FAST_3G = {
  offline: false,
  latency: 562.5,
  downloadThroughput: (1.6 * 1e6 * 0.9) / 8,
  uploadThroughput: (750e3 * 0.9) / 8,
};

/** What a page measures of itself, in ms; `shift` is the browser's own score. */
interface Seen {
  click: number;
  token: number;
  longest: number;
  shift: number;
}

const read = (path: string) => readFile(new URL(path, import.meta.url), 'utf8');
const watch = await read('embed-watch.js');
const SCRIPTS: Record<string, string> = {
  vanilla: (await minify('vanilla.js', await read('embed-vanilla.js'))).code,
  greenroom: await read('../../dist/greenroom.min.js'),
};
const KINDS = Object.keys(SCRIPTS);

/** The style sheet of the README that reserves the elements' place. */
const [, KEPT] = /```css\n(room-picker:not[^`]*)```/.exec(await read('../../README.md'))!;

const page = (kind: string) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Shop</title>
  <meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><style>${KEPT}</style>
  <script>${watch}</script><script src="/${kind}.js" defer></script>
  <h1>Rooms</h1><room-picker id="rooms" endpoint="/api"></room-picker>
  <join-button for="rooms" user-name="Ann"></join-button><p>Opening hours</p>`;

const database = await openDatabase(':memory:');
const platform = createPlatform({database});
const rooms = platform.rooms((await platform.createApplication()).id);
for (let each = 1; each <= ROOMS; each++) {
  await rooms.create({name: `Room ${each}`, owner_ref: 'bench', settings: {description: 'Come in whenever you like'}});
}
let proxy: ReturnType<typeof tokenProxy>;
const server = createServer(
  getRequestListener(async request => {
    const {pathname} = new URL(request.url);
    if (pathname.startsWith('/api/')) return proxy(request);
    // What the elements load on demand.
    if (pathname.startsWith('/greenroom-')) {
      const file = await readFile(new URL(`../../dist${pathname}`, import.meta.url));
      return new Response(brotliCompressSync(file), {
        headers: {'content-type': 'text/javascript', 'content-encoding': 'br'},
      });
    }
    const kind = pathname.slice(1).replace('.js', '');
    const isScript = pathname.endsWith('.js');
    if (!SCRIPTS[kind]) return new Response(null, {status: 404});
    return new Response(brotliCompressSync(isScript ? SCRIPTS[kind] : page(kind)), {
      headers: {'content-type': isScript ? 'text/javascript' : 'text/html', 'content-encoding': 'br'},
    });
  }),
).listen(0, '127.0.0.1');
await once(server, 'listening');
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
const generous = {capacity: 1e6, per: 1000};
proxy = tokenProxy({
  rooms,
  guests: {roles: ['participant']},
  origins: [origin],
  mount: '/api',
  limits: {tokens: {ip: generous, visitor: generous, room: generous}},
});
const browser = await chromium.launch(await playwrightLaunchOptions());

/** A first visit, with empty caches. */
async function visit(kind: string): Promise<Seen> {
  const context = await browser.newContext({viewport: {width: 360, height: 740}});
  const page = await context.newPage();
  const asked: string[] = [];
  page.on('request', request => asked.push(new URL(request.url()).pathname));
  const session = await context.newCDPSession(page);
  await session.send('Network.enable');
  await session.send('Network.emulateNetworkConditions', FAST_3G);
  await session.send('Emulation.setCPUThrottlingRate', {rate: 4});
  await page.goto(`${origin}/${kind}`);
  await page.waitForFunction(() => (globalThis as unknown as {seen: Seen}).seen.token);
  const seen = await page.evaluate(() => (globalThis as unknown as {seen: Seen}).seen);
  await context.close();
  const others = asked.filter(
    path => !/^\/(api\/|greenroom-)/.test(path) && !['data:', `/${kind}`, `/${kind}.js`].includes(path),
  );
  if (others.length) throw new Error(`${kind} asked for more: ${others.join()}`);
  return seen;
}

const runs: Record<string, Seen[]> = Object.fromEntries(KINDS.map(kind => [kind, []]));
for (let round = 0; round < ROUNDS; round++) for (const kind of KINDS) runs[kind]!.push(await visit(kind));
await browser.close();
server.closeAllConnections();
server.close();
await platform.close();
await database.close();

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
const of = (kind: string, key: keyof Seen) => median(runs[kind]!.map(seen => seen[key]));
console.log(`Medians of ${ROUNDS} first visits, ${ROOMS} rooms, Fast 3G, CPU 4 × slower.`);
console.log(''.padEnd(34) + KINDS.map(kind => kind.padStart(10)).join('') + '   ratio  goal');
let missed = 0;
for (const [name, key, goal] of [
  ['script tag to first click, ms', 'click', {times: 1.2}],
  ['script tag to token, ms', 'token', {}],
  ['longest task, ms (0: below 50)', 'longest', {most: 150}],
  ['layout shift', 'shift', {most: 0}],
] as [string, keyof Seen, {times?: number; most?: number}][]) {
  const [floor, ours] = KINDS.map(kind => of(kind, key)) as [number, number];
  const isMissed = ours > (goal.times ?? Infinity) * floor || ours > (goal.most ?? Infinity);
  if (isMissed) missed++;
  const cells = [floor, ours]
    .map(value => (key === 'shift' ? value.toFixed(3) : value.toFixed(0)).padStart(10))
    .join('');
  const ratio = floor ? `× ${(ours / floor).toFixed(2)}` : '';
  const told = goal.times ? `≤ × ${goal.times}` : goal.most === undefined ? '' : `≤ ${goal.most}`;
  console.log(`${name.padEnd(34)}${cells}  ${ratio.padStart(6)}  ${told}${isMissed ? '  missed' : ''}`);
}
process.exitCode = missed ? 1 : 0;
