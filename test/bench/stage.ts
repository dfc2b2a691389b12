// How long a person waits for the others: from a click on Join to the first frame of somebody else's video in <room-stage>,
// at a real Janus and a real LiveKit, beside the vendor's own client in a page of its own. Both pages have loaded and made all
// that needs no token before a click: theirs the vendor's client, ours the stage with the client of the room. Both get their
// token at the click, from the same token proxy, and both send camera and microphone.
//
//     JANUS=/usr/bin/janus LIVEKIT_SERVER=… ENGINE_SDKS=… npm run bench:stage
//
// It builds, prints medians of one run, and exits with 1 if a goal is missed. `.ci/run` installs what the variables name.
import {spawnSync} from 'node:child_process';
import {once} from 'node:events';
import {existsSync} from 'node:fs';
import {readFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {setTimeout as pause} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {getRequestListener} from '@hono/node-server';
import {chromium, type Page} from 'playwright-core';
import {engineRooms} from '../../src/engines/engine-rooms.js';
import {jsonDirectory} from '../../src/engines/json-directory.js';
import {livekit} from '../../src/engines/livekit.js';
import {tokenProxy} from '../../src/proxy/proxy.js';
import {FAKE_MEDIA, playwrightLaunchOptions} from '../browsers/chrome.mjs';
import {janusAt, startJanus} from '../helpers/engines/janus.js';
import {LIVEKIT, startLivekit} from '../helpers/engines/livekit-server.js';
import {inNamespace} from '../helpers/engines/namespace.js';
import {until} from '../helpers/engines/until.js';

const ROUNDS = Number(process.env.ROUNDS ?? 15);
/**
 * How long a page rests before a click, in ms. LiveKit asks a sender for one key frame a second at most (`rtc.pli_throttle`),
 * and nobody sees a picture before one: whoever comes in the same second as the visitor before waits for the rest of it.
 */
const REST = 1000;
/** At most so many times as long as the vendor's own client. */
const GOAL = 1.2;
const VENDORS = {janus: 'janus-gateway', livekit: 'livekit-client'} as const;
type Vendor = keyof typeof VENDORS;
const SIDES = ['ours', 'theirs'] as const;
type Side = (typeof SIDES)[number];

/** What a page notes, in ms of its own clock. */
interface Seen {
  click: number;
  frame: number;
}
interface InPage {
  seen: Partial<Seen>;
  sends?: boolean;
  leave(): unknown;
}

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const packaged = (path: string) => `${process.env.ENGINE_SDKS}/node_modules/${path}`;
/** What pages may load, besides what `dist` has. */
const FILES: Record<string, string> = {
  '/adapter.js': packaged('webrtc-adapter/out/adapter.js'),
  '/janus.es.js': packaged('janus-gateway/npm/dist/janus.es.js'),
  '/livekit-client.js': packaged('livekit-client/dist/livekit-client.esm.mjs'),
  '/stage-watch.js': here('stage-watch.js'),
  '/stage-theirs.js': here('stage-theirs.js'),
  '/stage-janus.js': here('stage-janus.js'),
  '/stage-livekit.js': here('stage-livekit.js'),
};

/** What this benchmark cannot run without, in a sentence. */
function lacking(): string | undefined {
  if (process.getuid?.() !== 0) return 'Run this as root: it makes a network of its own.';
  if (spawnSync('ip', ['-V']).error) return 'There is no command `ip`: install iproute2.';
  const unset = ['JANUS', 'LIVEKIT_SERVER', 'ENGINE_SDKS'].find(name => !existsSync(process.env[name] ?? ''));
  if (unset) return `Set ${unset} to a path that exists: .ci/run shows how to install what it names.`;
  const absent = Object.values(FILES).find(file => !existsSync(file));
  return absent && `There is no ${absent}: .ci/run has the list of packages in ENGINE_SDKS.`;
}

const missing = lacking();
if (missing) {
  console.error(missing);
  process.exit(1);
}
await inNamespace(import.meta.url, {skip: false});

const head = (title: string) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>${title}</title>
  <meta name="viewport" content="width=device-width"><link rel="icon" href="data:,"><script src="/stage-watch.js"></script>`;

const PAGES: Record<Side, (vendor: Vendor) => string> = {
  ours: vendor => `${head('Stage')}<script src="/greenroom.min.js"></script>
    <join-button id="join" endpoint="/api" room-id="${vendor}" user-name="Ann"></join-button>
    <room-stage for="join"></room-stage>
    <script type="module">
      ${vendor === 'livekit' ? `import * as client from '/livekit-client.js';` : 'const client = undefined;'}
      const stage = document.querySelector('room-stage');
      await customElements.whenDefined('room-stage');
      Object.assign(stage, {client});
      Object.assign(globalThis, {leave: () => stage.leave()});
      watch(stage.shadowRoot);
    </script>`,
  theirs: vendor => `${head(VENDORS[vendor])}<button>Join</button><script src="/adapter.js"></script>
    <script type="module" src="/stage-${vendor}.js"></script>`,
};

let proxy: ReturnType<typeof tokenProxy>;
const server = createServer(
  getRequestListener(async request => {
    const {pathname} = new URL(request.url);
    if (pathname.startsWith('/api/')) return proxy(request);
    const [, side, vendor] = pathname.split('/') as [string, Side, Vendor];
    if (Object.hasOwn(PAGES, side)) {
      return new Response(PAGES[side](vendor), {headers: {'content-type': 'text/html'}});
    }
    const file = FILES[pathname] ?? here(`../../dist${pathname}`);
    if (!existsSync(file)) return new Response(null, {status: 404});
    return new Response(await readFile(file), {headers: {'content-type': 'text/javascript'}});
  }),
).listen(0, '127.0.0.1');
await once(server, 'listening');
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const engines = {janus: janusAt(), livekit: livekit(LIVEKIT)};
const roomOf = (engine: Vendor) => ({room_id: engine, name: 'Room', engine, settings: {participants: 20}});
proxy = tokenProxy({
  rooms: engineRooms({directory: jsonDirectory([roomOf('janus'), roomOf('livekit')]), engine: engines}),
  guests: {roles: ['participant']},
  origins: [origin],
  mount: '/api',
  limits: false,
});

const [janus, endLivekit, browser] = await Promise.all([
  startJanus(),
  startLivekit(),
  chromium.launch(await playwrightLaunchOptions({args: FAKE_MEDIA})),
]);

/** Somebody whose page has loaded all that it loads before a click. Nothing is in its cache from earlier visits. */
async function visitor(side: Side, vendor: Vendor): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  page.on('pageerror', error => console.error(`${side}, ${vendor}: ${error.message}`));
  await page.goto(`${origin}/${side}/${vendor}`, {waitUntil: 'networkidle'});
  return page;
}
const press = (page: Page) => page.getByRole('button', {name: /^Join/}).click();

const sends = (page: Page) => page.waitForFunction(() => (globalThis as unknown as InPage).sends);

/** From the click to the first frame, in ms. */
async function visit(side: Side, vendor: Vendor): Promise<number> {
  const page = await visitor(side, vendor);
  await pause(REST);
  await press(page);
  await page.waitForFunction(() => (globalThis as unknown as InPage).seen.frame);
  const {click, frame} = await page.evaluate(() => (globalThis as unknown as InPage).seen);
  // A client that leaves while it begins to send says that this failed.
  if (side === 'theirs') await sends(page);
  await page.evaluate(() => void (globalThis as unknown as InPage).leave());
  await until('Only the sender is left.', async () => (await engines[vendor].users(roomOf(vendor))).length === 1);
  await page.context().close();
  return frame! - click!;
}

const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

/** Lets both sides join a room in turns, in which somebody sends already. Returns their medians, in ms. */
async function compare(vendor: Vendor): Promise<Record<Side, number>> {
  const sender = await visitor('theirs', vendor);
  await press(sender);
  await sends(sender);
  const waits: Record<Side, number[]> = {ours: [], theirs: []};
  // The first visits find files and servers cold. Then each side begins every other round.
  for (const side of SIDES) await visit(side, vendor);
  for (let round = 0; round < ROUNDS; round++) {
    for (const side of round % 2 ? SIDES : SIDES.toReversed()) waits[side].push(await visit(side, vendor));
  }
  await sender.context().close();
  return {ours: median(waits.ours), theirs: median(waits.theirs)};
}

let missed = 0;
try {
  console.log(`From a click on Join to the first frame of somebody else, medians of ${ROUNDS} visits each, in turns.`);
  console.log('Both get the token at the click, from the same proxy.');
  console.log(`${''.padEnd(16)}  <room-stage>  alone   ratio`);
  for (const [vendor, name] of Object.entries(VENDORS) as [Vendor, string][]) {
    const {ours, theirs} = await compare(vendor);
    const cells = [`${ours.toFixed(0)} ms`.padStart(12), `${theirs.toFixed(0)} ms`.padStart(7)];
    console.log(`${name.padEnd(16)}  ${cells.join('')}  × ${(ours / theirs).toFixed(2)}`);
    if (ours > GOAL * theirs) missed++;
  }
} finally {
  await browser.close();
  await Promise.all([janus.end(), endLivekit()]);
  server.closeAllConnections();
  server.close();
}
console.log(`${missed ? 'Missed' : 'Met'}: at most × ${GOAL} of the vendor’s own client.`);
process.exitCode = missed ? 1 : 0;
