import assert from 'node:assert/strict';
import {mkdtemp, readFile, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {after, before, describe, it, type TestContext} from 'node:test';
import {chromium, type Browser} from 'playwright-core';
import {build} from 'vite';
import {serve} from '../../src/http/server.js';
import {basicAuth, platformRooms, issueGrant, tokenProxy} from '../../src/proxy/proxy.js';
import {playwrightLaunchOptions} from '../browsers/chrome.mjs';
import {APP_ID, APP_KEY, platform} from '../helpers/proxy/command.js';
import {room, TOKEN} from '../helpers/proxy/start.js';

const SECRET = 'CANARY-SECRET-0123456789-0123456789';
const NAME = 'CANARY-NAME';

let browser: Browser;
let folder: string;
before(async () => {
  [browser, folder] = await Promise.all([
    // Left out unless it is asked for: pages that come back as they were left.
    playwrightLaunchOptions().then(options =>
      chromium.launch({...options, ignoreDefaultArgs: ['--disable-back-forward-cache']}),
    ),
    mkdtemp(join(tmpdir(), 'greenroom-threats-')),
  ]);
});
after(async () => {
  await browser.close();
  await rm(folder, {recursive: true});
});

const html = (body: string) =>
  new Response(`<!doctype html><html lang="en"><title>Shop</title>${body}`, {headers: {'content-type': 'text/html'}});
const script = (text: string) => new Response(text, {headers: {'content-type': 'text/javascript; charset=utf-8'}});

/** The elements as one script, from their sources. */
async function bundled(entry: string): Promise<string> {
  const made = await build({
    configFile: false,
    logLevel: 'silent',
    define: {'process.env.NODE_ENV': '"production"'},
    build: {write: false, minify: false, lib: {entry: resolve(entry), name: 'Bundle', formats: ['iife']}},
  });
  const [{output}] = made as {output: {code: string}[]}[] as [{output: {code: string}[]}];
  return output[0]!.code;
}

/** A shop whose page shows the elements and holds a grant, in front of a proxy, in front of a platform; all over HTTP. */
async function openShop(t: TestContext) {
  const lobby = {...room('lobby'), settings: {}};
  const upstream = await platform(t, {list: async () => [lobby], get: async () => lobby, now: undefined});
  const elements = await bundled('src/index.ts');
  const requests: {url: string; headers: string}[] = [];
  let handle: ReturnType<typeof tokenProxy>;
  let grant: string;
  const listen = `
    window.received = 0;
    addEventListener('pageshow', event => (window.restored = event.persisted));
    addEventListener('room-token', ({detail}) => (window.received += detail.token.length > 0));`;
  const served = await serve({
    port: 0,
    fetch: async request => {
      const {pathname} = new URL(request.url);
      if (pathname.startsWith('/api/')) return handle(request, {ip: '192.0.2.1'});
      requests.push({url: request.url, headers: JSON.stringify([...request.headers])});
      if (pathname === '/elements.js') return script(elements);
      if (pathname === '/listen.js') return script(listen);
      if (pathname !== '/') return html('<p>Elsewhere</p>');
      return html(`<script src="/listen.js"></script><script src="/elements.js" defer></script>
        <room-picker id="rooms" endpoint="/api" grant="${grant}"></room-picker>
        <join-button for="rooms" user-name="${NAME}"></join-button><a href="/elsewhere">Go</a>`);
    },
  });
  t.after(() => served.close());
  const may = {roles: ['participant' as const], rooms: '*' as const, origins: [served.url]};
  const grants = {audience: 'shop', keys: [{kid: 'k', secret: SECRET, ...may, maxLifetime: 3600}]};
  grant = await issueGrant(grants, {...may, lifetime: 3600});
  const headers = {authorization: basicAuth(APP_ID, APP_KEY)};
  const rooms = platformRooms({endpoint: upstream.url, headers});
  handle = tokenProxy({rooms, grants, origins: [served.url], mount: '/api', log: () => {}});
  const issued = () => upstream.rooms.calls.filter(([operation]) => operation === 'token').length;
  return {url: served.url, grant, requests, issued};
}

interface Har {
  log: {
    entries: {
      request: {method: string; url: string; headers: object[]; postData?: {text: string}};
      response: {headers: object[]; content: {text?: string}};
    }[];
  };
}

describe('token seen in URL, attribute, storage, log, error, Referer, history', {timeout: 120_000}, () => {
  it('happens nowhere in a browser: DOM, storage, console, HAR; a token is in the body of its own answer alone', async t => {
    const {url, grant, requests} = await openShop(t);
    const har = join(folder, 'shop.har');
    const context = await browser.newContext({recordHar: {path: har, content: 'embed'}});
    const page = await context.newPage();
    const printed: string[] = [];
    page.on('console', message => printed.push(message.text()));
    page.on('pageerror', error => printed.push(String(error)));
    await page.goto(url);
    await page.getByRole('option', {name: 'Lobby'}).click();
    await page.getByRole('button', {name: 'Join'}).click();
    await page.waitForFunction('received === 1');
    const told = (await page.evaluate(`(async () => {
      const dump = node => [
        ...(node.attributes ?? []), ...(node.shadowRoot ? [node.shadowRoot] : []), ...node.childNodes,
      ].map(each => each.nodeType === 2 ? each.name + '=' + each.value : each.nodeType === 3 ? each.data : dump(each)).join('\\n');
      const databases = await indexedDB.databases();
      const entries = performance.getEntries().map(({name}) => name);
      return {
        dom: dump(document.documentElement),
        kept: JSON.stringify([{...localStorage}, {...sessionStorage}, document.cookie, databases, await caches.keys()]),
        place: JSON.stringify([location.href, history.state, document.title, name, entries]),
      };
    })()`)) as {dom: string; kept: string; place: string};
    await page.getByRole('link', {name: 'Go'}).click();
    await page.getByText('Elsewhere').waitFor();
    await context.close();

    assert.match(told.dom, /room-picker|role=listbox/);
    assert.doesNotMatch(JSON.stringify(told), new RegExp(`${TOKEN}|${APP_KEY}|${SECRET}`));
    assert.ok(!(told.kept + told.place).includes(grant), 'a grant stands in its attribute and nowhere else');
    assert.equal(told.kept, '[{},{},"",[],[]]');
    assert.doesNotMatch(JSON.stringify([printed, requests]), /CANARY/);
    assert.ok(!JSON.stringify([printed, requests]).includes(grant));
    const referer = requests.find(({url}) => url.endsWith('/elsewhere'))!.headers;
    assert.ok(referer.includes(`"referer","${url}/"`), referer);

    const {log} = JSON.parse(await readFile(har, 'utf8')) as Har;
    const tokens = log.entries.filter(({request}) => request.url.endsWith('/tokens'));
    assert.deepEqual(
      tokens.map(({request, response}) => [request.method, response.content.text!.includes(TOKEN)]),
      [['POST', true]],
    );
    for (const {request, response} of log.entries) {
      const {url, headers, postData} = request;
      assert.doesNotMatch(url + JSON.stringify(response.headers), /CANARY/);
      assert.ok(!(url + JSON.stringify(response.headers) + (postData?.text ?? '')).includes(grant), url);
      const whole = JSON.stringify([headers, postData, response.content]);
      assert.doesNotMatch(whole, new RegExp(`${APP_KEY}|${SECRET}`));
      if (!tokens.some(entry => entry.request === request)) assert.ok(!whole.includes(TOKEN), url);
    }
  });
});

describe('leaked credentials, in the browser by mistake', {timeout: 120_000}, () => {
  it('the server entry throws when bundled for a browser, with a sentence, and asks nobody', async t => {
    const entry = join(folder, 'mistake.ts');
    await writeFile(
      entry,
      `import {basicAuth, platformRooms, issueGrant, tokenProxy} from '${resolve('src/proxy/proxy.ts')}';
      const tries = {
        platformRooms: () => platformRooms({endpoint: location.origin, headers: {authorization: basicAuth('shop', 'CANARY')}}),
        tokenProxy: () => tokenProxy({rooms: {} as never, guests: {roles: ['viewer']}, origins: [location.origin]}),
        issueGrant: () => issueGrant({audience: 'x', keys: []}, {} as never),
      };
      Object.assign(window, {tries});`,
    );
    const code = await bundled(entry);
    const asked: string[] = [];
    const served = await serve({
      port: 0,
      fetch: ({url}) => {
        const {pathname} = new URL(url);
        if (pathname === '/bundle.js') return script(code);
        if (pathname !== '/') asked.push(pathname);
        return html('<script src="/bundle.js"></script>');
      },
    });
    t.after(() => served.close());
    const page = await browser.newPage();
    await page.goto(served.url);
    for (const name of ['platformRooms', 'tokenProxy', 'issueGrant']) {
      const message = await page.evaluate(
        `Promise.resolve().then(tries.${name}).then(() => 'ok', error => error.message)`,
      );
      assert.match(message as string, /^greenroom\/proxy runs on a server: in a page .*\.$/, name);
      assert.doesNotMatch(message as string, /CANARY/);
    }
    assert.deepEqual(
      asked.filter(path => path !== '/favicon.ico'),
      [],
    );
    await page.close();
  });
});

describe('bfcache restore', {timeout: 120_000}, () => {
  it('leaves a page as it was: the choice stays, and one click is one token', async t => {
    const {url, issued} = await openShop(t);
    const page = await browser.newPage();
    await page.goto(url);
    if (!(await page.evaluate("'chrome' in window"))) return t.skip('Chromium without a window keeps no page');
    await page.getByRole('option', {name: 'Lobby'}).click();
    for (const tokens of [1, 2]) {
      await page.getByRole('link', {name: 'Go'}).click();
      await page.getByText('Elsewhere').waitFor();
      await page.evaluate('history.back()');
      await page.waitForFunction('window.restored === true');
      await page.getByRole('option', {name: 'Lobby', selected: true}).waitFor();
      await page.getByRole('button', {name: 'Join'}).click();
      await page.waitForFunction(`received === ${tokens}`);
      assert.equal(issued(), tokens);
    }
    await page.close();
  });
});
