import assert from 'node:assert/strict';
import {once} from 'node:events';
import {readFileSync} from 'node:fs';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {after, before, describe, it} from 'node:test';
import {getRequestListener} from '@hono/node-server';
import {chromium, type Browser} from 'playwright-core';
import {playwrightLaunchOptions} from '../browsers/chrome.mjs';

// The package as it is published, imported by its own name: the output of `npm run build`.
const entry = (name: string) => import(`greenroom/${name}`) as Promise<Record<string, (...args: never[]) => unknown>>;

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "connect-src 'self'",
  "style-src 'none'",
  "require-trusted-types-for 'script'",
].join('; ');

describe('the built package', () => {
  let browser: Browser;
  before(async () => (browser = await chromium.launch(await playwrightLaunchOptions())));
  after(() => browser.close());

  it('has an entry for each part, with its exports', async () => {
    for (const [name, exported] of [
      ['rooms', ['RoomsError', 'Room', 'TokenRequest', 'checkDefinition', 'joinWindow']],
      ['client', ['httpRooms', 'basicAuth']],
      ['proxy', ['tokenProxy', 'guarded', 'platformRooms', 'basicAuth']],
      ['platform', ['createPlatform', 'localRooms', 'openDatabase']],
    ] as const) {
      const module = await entry(name);
      for (const each of exported) assert.ok(module[each], `greenroom/${name} has ${each}`);
    }
  });

  it('works from a script tag, even a second one, under the strictest policy without a violation', async t => {
    const {createPlatform, openDatabase} = (await entry(
      'platform',
    )) as unknown as typeof import('../../src/platform/platform.js');
    const {tokenProxy} = (await entry('proxy')) as unknown as typeof import('../../src/proxy/proxy.js');
    const database = await openDatabase(':memory:');
    const platform = createPlatform({database});
    const {id} = await platform.createApplication();
    const rooms = platform.rooms(id);
    await rooms.create({name: 'Lobby', owner_ref: 'test'});
    let proxy: ReturnType<typeof tokenProxy>;
    const server = createServer(
      getRequestListener(async request => {
        const {pathname} = new URL(request.url);
        if (pathname.startsWith('/api/')) return proxy(request);
        if (pathname.startsWith('/greenroom')) {
          return new Response(readFileSync(`dist${pathname}`), {headers: {'content-type': 'text/javascript'}});
        }
        if (pathname === '/listen.js') {
          return new Response(
            "document.addEventListener('room-token', ({detail}) => (document.title = detail.room.name));",
            {
              headers: {'content-type': 'text/javascript'},
            },
          );
        }
        const page = `<!doctype html><html lang="en"><title>Shop</title>
          <script src="/greenroom.min.js" defer></script><script src="/listen.js" defer></script>
          <script src="/greenroom.min.js?again" defer></script>
          <room-picker id="rooms" endpoint="/api"></room-picker>
          <join-button for="rooms" user-name="Ann"></join-button>`;
        return new Response(page, {headers: {'content-type': 'text/html', 'content-security-policy': POLICY}});
      }),
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    proxy = tokenProxy({rooms, guests: {roles: ['participant']}, origins: [origin], mount: '/api'});
    t.after(async () => {
      await platform.close();
      server.closeAllConnections();
      server.close();
      await database.close();
    });

    const page = await browser.newPage();
    const complaints: string[] = [];
    page.on('console', message => message.type() === 'error' && complaints.push(message.text()));
    page.on('pageerror', error => complaints.push(error.message));
    await page.addInitScript(() => {
      addEventListener('securitypolicyviolation', event => console.error(event.violatedDirective));
    });
    await page.goto(origin);
    await page.getByRole('option', {name: 'Lobby'}).click();
    await page.getByRole('button', {name: 'Join'}).click();
    await page.waitForFunction(() => document.title === 'Lobby');
    assert.deepEqual(
      complaints.filter(text => !text.includes('favicon')),
      [],
    );
  });
});
