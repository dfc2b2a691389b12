// Pages with the built script, beside a real token proxy and a real platform.
import {once} from 'node:events';
import {existsSync, readFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {after, afterEach, before} from 'node:test';
import {getRequestListener} from '@hono/node-server';
import {chromium, type Browser, type Page} from 'playwright-core';
import type {RoomTokenEvent} from '../../../src/elements/events.js';
import {createPlatform, openDatabase} from '../../../src/platform/platform.js';
import {tokenProxy, type TokenProxyOptions} from '../../../src/proxy/proxy.js';
import {playwrightLaunchOptions} from '../../browsers/chrome.mjs';

interface Site {
  origin: string;
  roomId: string;
  /** The bodies that the proxy was sent, as text. */
  posted: string[];
  /** Serves a page at a path of its own and opens it; `complaints` collects its errors and warnings. */
  open(html: string, options?: OpenOptions): Promise<{page: Page; complaints: string[]}>;
  /** Serves `body` at `path`. */
  serve(path: string, body: string, headers?: Record<string, string>): void;
  close(): Promise<void>;
}

interface OpenOptions {
  headers?: Record<string, string>;
  /** Runs in the page before its own scripts. */
  init?: () => void;
}

const TYPES: Record<string, string> = {js: 'text/javascript', mjs: 'text/javascript', map: 'application/json'};

/**
 * A site and a browser, for the tests of one `describe`. Each test opens its own pages.
 *
 * @param args - Arguments of the browser.
 * @param proxy - Options of the token proxy; the others let in guests as participants.
 */
export function useSite({args = [], proxy}: {args?: string[]; proxy?: Partial<TokenProxyOptions>} = {}) {
  const used = {} as Site & {browser: Browser};
  before(async () => {
    used.browser = await chromium.launch(await playwrightLaunchOptions({args}));
    Object.assign(used, await startSite(used.browser, proxy));
  });
  after(async () => {
    await used.browser.close();
    await used.close();
  });
  afterEach(() => Promise.all(used.browser.contexts().map(context => context.close())));
  return used;
}

/** A site with the built files under /dist, its proxy under /api, and one room, the Lobby. */
async function startSite(browser: Browser, options?: Partial<TokenProxyOptions>): Promise<Site> {
  const database = await openDatabase(':memory:');
  const platform = createPlatform({database});
  const {id} = await platform.createApplication();
  const rooms = platform.rooms(id);
  const {room_id: roomId} = await rooms.create({name: 'Lobby', owner_ref: 'test', settings: {}});
  const posted: string[] = [];
  const pages = new Map<string, {body: string; headers: Record<string, string>}>();
  let proxy: ReturnType<typeof tokenProxy>;
  const server = createServer(
    getRequestListener(async request => {
      const {pathname} = new URL(request.url);
      if (pathname.startsWith('/api/')) {
        if (request.method === 'POST') posted.push(await request.clone().text());
        return proxy(request);
      }
      const page = pages.get(pathname);
      if (page) return new Response(page.body, {headers: page.headers});
      const file = pathname.slice(1);
      if (!/^dist\/[\w./-]+$/.test(file) || file.includes('..') || !existsSync(file)) {
        return new Response(null, {status: 404});
      }
      const headers = {
        'content-type': TYPES[file.split('.').at(-1)!] ?? 'text/plain',
        'access-control-allow-origin': '*',
      };
      return new Response(readFileSync(file), {headers});
    }),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const {port} = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  const origins = [origin, `http://localhost:${port}`];
  const serverUrl = `ws://127.0.0.1:${port}/video/v2/session`;
  server.on('upgrade', (request, socket, head) => platform.upgrade(request, socket, head));
  proxy = tokenProxy({rooms, guests: {roles: ['participant']}, origins, mount: '/api', serverUrl, ...options});

  return {
    origin,
    roomId,
    posted,
    serve: (path, body, headers = {'content-type': 'text/html'}) => void pages.set(path, {body, headers}),
    async open(html, {headers = {}, init} = {}) {
      const path = `/page-${pages.size}`;
      const body = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Shop</title><link rel="icon" href="data:,">${html}`;
      pages.set(path, {body, headers: {'content-type': 'text/html', ...headers}});
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on('console', message => /error|warning/.test(message.type()) && complaints.push(message.text()));
      page.on('pageerror', error => complaints.push(String(error)));
      await page.addInitScript(() => {
        addEventListener('securitypolicyviolation', event => console.error(`Violates ${event.violatedDirective}`));
        document.addEventListener('room-token', event => {
          document.title = `Token for ${(event as RoomTokenEvent).detail.room.name}`;
        });
      });
      if (init) await page.addInitScript(init);
      await page.goto(origin + path);
      return {page, complaints};
    },
    async close() {
      await platform.close();
      server.closeAllConnections();
      server.close();
      await database.close();
    },
  };
}

/** Chooses the room and asks for a token, as a visitor does. */
export async function join(page: Page) {
  await page.getByRole('option', {name: 'Lobby'}).click();
  await page.getByRole('button', {name: 'Join'}).click();
  await page.waitForFunction(() => document.title === 'Token for Lobby');
}
