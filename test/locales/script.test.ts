import assert from 'node:assert/strict';
import {once} from 'node:events';
import {existsSync, readFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {after, before, describe, it, type TestContext} from 'node:test';
import {chromium, type Browser, type Page} from 'playwright-core';
import type {RoomDefinition, RoomsError} from '../../src/index.js';
import {playwrightLaunchOptions} from '../browsers/chrome.mjs';

const INTEGRITY = JSON.parse(readFileSync('dist/greenroom.integrity.json', 'utf8')) as Record<string, string>;
const [SCRIPT, GERMAN] = [
  'greenroom.min.js',
  Object.keys(INTEGRITY).find(path => path.endsWith('/locales/joining/de.js'))!,
] as const;

type Files = (path: string) => Buffer | string | undefined;

const built: Files = path => (existsSync(`dist/${path}`) ? readFileSync(`dist/${path}`) : undefined);

const beside = (path: string) => GERMAN.replace('locales/joining/de', path);
/** What the script loads for any page, and what the button says of itself, in German. */
const LATER = ['controllers/page', 'elements/join-status', 'locales/telling/de', 'telling'].map(beside);

/** Starts a server for one test, on its own port. */
async function serve(
  t: TestContext,
  answer: (path: string) => {body?: Buffer | string; headers: Record<string, string>},
) {
  const server = createServer((request, response) => {
    const {body, headers} = answer(new URL(request.url!, 'http://host').pathname);
    response.writeHead(body === undefined ? 404 : 200, headers).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A host with files in `/cdn/` that pages of other origins may load. */
async function host(t: TestContext, files: Files) {
  const asked: string[] = [];
  const origin = await serve(t, pathname => {
    const path = pathname.replace('/cdn/', '');
    asked.push(path);
    return {body: files(path), headers: {'content-type': 'text/javascript', 'access-control-allow-origin': '*'}};
  });
  return {origin, asked};
}

describe('the script in a page of another language', () => {
  let browser: Browser;
  before(async () => (browser = await chromium.launch(await playwrightLaunchOptions())));
  after(() => browser.close());

  /** Opens a German page at another host, under the strictest policy that allows the script's host. */
  async function open(t: TestContext, origin: string, head: (origin: string) => string, policy = '') {
    const page = await browser.newPage();
    t.after(() => page.close());
    const complaints: string[] = [];
    page.on('pageerror', error => complaints.push(error.message));
    await page.addInitScript(() =>
      addEventListener('unhandledrejection', event => console.error(String(event.reason))),
    );
    page.on('console', message => {
      if (message.type() === 'error' && !message.text().startsWith('Failed to load')) complaints.push(message.text());
    });
    const body = `<!doctype html><html lang="de"><meta charset="utf-8"><title>Seite</title>
      <link rel="icon" href="data:,">${head(origin)}<join-button room-id="r"></join-button>`;
    const headers = {
      'content-type': 'text/html',
      'content-security-policy': `default-src 'none'; script-src ${origin} ${policy}; img-src data:; require-trusted-types-for 'script'`,
    };
    await page.goto(await serve(t, () => ({body, headers})));
    return {page, complaints, button: page.getByRole('button')};
  }
  const says = (page: Page, label: string) =>
    page.getByRole('button', {name: label, exact: true}).waitFor({timeout: 15_000});

  /** Whether the German words loaded; resolves when the script knows that, too. */
  const came = (page: Page, origin: string) =>
    page.evaluate(
      url =>
        import(url).then(
          () => true,
          () => false,
        ),
      `${origin}/cdn/${GERMAN}`,
    );

  it('loads its words from its own host, whatever host that is', async t => {
    const {origin, asked} = await host(t, built);
    const {page, complaints} = await open(
      t,
      origin,
      origin => `<script src="${origin}/cdn/${SCRIPT}?v=/1/2" defer></script>`,
    );
    await says(page, 'Beitreten');
    await page.waitForLoadState('networkidle');
    assert.deepEqual(new Set(asked), new Set([SCRIPT, GERMAN, ...LATER]));
    assert.deepEqual(complaints, []);
  });

  it('loads them only if they match the integrity in the page’s import map', async t => {
    const changed: Files = path => (path === GERMAN ? `${String(built(path))};alert(1)` : built(path));
    for (const [files, label] of [
      [built, 'Beitreten'],
      [changed, 'Join'],
    ] as const) {
      const {origin, asked} = await host(t, files);
      const {page} = await open(
        t,
        origin,
        origin => `<script type="importmap" nonce="n">${JSON.stringify({
          integrity: {[`${origin}/cdn/${GERMAN}`]: INTEGRITY[GERMAN]},
        })}</script>
          <script src="${origin}/cdn/${SCRIPT}" integrity="${INTEGRITY[SCRIPT]}" crossorigin defer></script>`,
        "'nonce-n'",
      );
      assert.equal(await came(page, origin), label === 'Beitreten');
      await says(page, label);
      assert.equal(asked[1], GERMAN);
    }
  });

  it('is English if only the script was copied, and throws nothing', async t => {
    const {origin, asked} = await host(t, path => (path === SCRIPT ? built(path) : undefined));
    const {page, complaints} = await open(t, origin, origin => `<script src="${origin}/cdn/${SCRIPT}" defer></script>`);
    assert.equal(await came(page, origin), false);
    await says(page, 'Join');
    assert.equal(asked[1], GERMAN);
    assert.deepEqual(complaints, []);
  });

  it('keeps all parts of its libraries that it needs', async t => {
    const {origin} = await host(t, built);
    const {page} = await open(t, origin, origin => `<script src="${origin}/cdn/${SCRIPT}" defer></script>`);
    const told = await page.evaluate(async () => {
      const {httpRooms} = (globalThis as unknown as {Greenroom: typeof import('../../src/index.js')}).Greenroom;
      const asked: unknown[] = [];
      /** Undefined: no answer at all. */
      const answers: (Response | undefined)[] = [];
      const rooms = httpRooms({
        endpoint: '/api',
        headers: {authorization: 'Bearer g'},
        async fetch(request) {
          const {method, url, redirect, cache, headers} = request;
          const body = await request.clone().text();
          asked.push([
            method,
            new URL(url).pathname,
            redirect,
            cache,
            headers.get('authorization'),
            headers.get('content-type'),
            body,
          ]);
          const answer = answers.shift();
          if (!answer) throw new TypeError('Failed to fetch');
          return answer;
        },
      });
      const room = {room_id: 'r1', name: 'Lobby', settings: {mode: 'lecture', duration: '30', color: 'red'}};
      answers.push(undefined, Response.json({result: '0', rooms: [room, {room_id: '../x'}]}));
      const listed = await rooms.list();
      answers.push(undefined);
      const posted = await rooms.token('r1', {name: 'Ann', role: 'viewer'}).catch((error: RoomsError) => error.code);
      answers.push(Response.json({result: 10114, error: 'Room is full.'}, {status: 409}));
      const full = await rooms.token('r1', {name: 'Ann', role: 'viewer'}).catch((error: RoomsError) => error.code);
      const aborted = await rooms.get('r1', {signal: AbortSignal.abort()}).catch((error: RoomsError) => error.code);
      const typo = {name: 'New', settings: {particpants: 5}} as object as RoomDefinition;
      const refused = await rooms.create(typo).catch((error: RoomsError) => error.key);
      return {asked, listed, posted, full, aborted, refused};
    });
    const get = ['GET', '/api/rooms', 'manual', 'no-store', 'Bearer g', null, ''];
    const post = [
      'POST',
      '/api/rooms/r1/tokens',
      'manual',
      'no-store',
      'Bearer g',
      'application/json',
      '{"name":"Ann","role":"viewer"}',
    ];
    assert.deepEqual(told.asked.slice(0, 4), [get, get, post, post]);
    assert.deepEqual(told.listed, [{room_id: 'r1', name: 'Lobby', settings: {mode: 'lecture', duration: 30}}]);
    assert.deepEqual([told.posted, told.full, told.aborted], ['offline', 'room_full', 'aborted']);
    assert.equal(told.refused, 'settings.particpants');
  });

  it('has a readable button in forced colours', async t => {
    const {origin} = await host(t, built);
    const {page, button} = await open(t, origin, origin => `<script src="${origin}/cdn/${SCRIPT}" defer></script>`);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({forcedColors: 'active', colorScheme});
      const {color, backgroundColor} = await button.evaluate(element => {
        const {color, backgroundColor} = getComputedStyle(element);
        return {color, backgroundColor};
      });
      assert.notEqual(color, backgroundColor);
    }
  });
});
