import assert from 'node:assert/strict';
import {after, before, describe, it} from 'node:test';
import {chromium, type Browser, type Page} from 'playwright-core';
import {serve, type Served} from '../../src/http/server.js';
import {tokenProxy} from '../../src/proxy/proxy.js';
import {playwrightLaunchOptions} from '../browsers/chrome.mjs';
import {recorded, visitor} from '../helpers/proxy/start.js';

/** What a page tries: it is given the address of the proxy, and a mark that each of its requests carries. */
type Attack = (api: string, mark: string) => unknown;

// Each runs in a page, so each is whole in itself.
const VARIANTS: Record<string, Attack> = {
  'a POST without a body': (api, mark) =>
    fetch(`${api}/rooms/lobby/tokens?${mark}`, {method: 'POST', mode: 'no-cors', credentials: 'include'}),
  'a POST of JSON as text/plain': (api, mark) =>
    fetch(`${api}/rooms?${mark}`, {method: 'POST', mode: 'no-cors', credentials: 'include', body: '{"name":"New"}'}),
  'a POST of JSON without a type': (api, mark) =>
    fetch(`${api}/rooms?${mark}`, {
      method: 'POST',
      mode: 'no-cors',
      credentials: 'include',
      body: new Blob(['{"name":"New"}']),
    }),
  'a POST of JSON that is JSON': (api, mark) =>
    fetch(`${api}/rooms?${mark}`, {
      method: 'POST',
      credentials: 'include',
      headers: {'content-type': 'application/json'},
      body: '{"name":"New"}',
    }),
  'a POST with the header of our own pages': (api, mark) =>
    fetch(`${api}/rooms?${mark}`, {
      method: 'POST',
      credentials: 'include',
      headers: {'content-type': 'application/json', 'x-rooms-client': 'evil'},
      body: '{"name":"New"}',
    }),
  'a PATCH': (api, mark) =>
    fetch(`${api}/rooms/lobby?${mark}`, {method: 'PATCH', credentials: 'include', body: '{"name":"Evil"}'}),
  'a DELETE': (api, mark) => fetch(`${api}/rooms/lobby?${mark}`, {method: 'DELETE', credentials: 'include'}),
  'a method override': (api, mark) =>
    fetch(`${api}/rooms/lobby?${mark}&_method=DELETE`, {
      method: 'POST',
      mode: 'no-cors',
      credentials: 'include',
      body: new URLSearchParams({_method: 'DELETE', 'X-HTTP-Method-Override': 'DELETE'}),
    }),
  'a beacon': (api, mark) => navigator.sendBeacon(`${api}/rooms?${mark}`, '{"name":"New"}'),
  'a beacon of JSON': (api, mark) =>
    navigator.sendBeacon(`${api}/rooms?${mark}`, new Blob(['{"name":"New"}'], {type: 'application/json'})),
  'a form': (api, mark) => {
    const form = Object.assign(document.createElement('form'), {action: `${api}/rooms?${mark}`, method: 'post'});
    form.innerHTML = '<input name="name" value="New"><input name="_method" value="DELETE">';
    document.body.append(form);
    form.submit();
  },
  'a form whose text is JSON': (api, mark) => {
    const form = Object.assign(document.createElement('form'), {action: `${api}/rooms?${mark}`, method: 'post'});
    form.enctype = 'text/plain';
    form.innerHTML = `<input name='{"name":"New","x":"' value='"}'>`;
    document.body.append(form);
    form.submit();
  },
  'a form with files': (api, mark) => {
    const form = Object.assign(document.createElement('form'), {action: `${api}/rooms?${mark}`, method: 'post'});
    form.enctype = 'multipart/form-data';
    form.innerHTML = '<input name="name" value="New">';
    document.body.append(form);
    form.submit();
  },
  'a form in a frame without an origin': (api, mark) => {
    const frame = document.createElement('iframe');
    frame.setAttribute('sandbox', 'allow-scripts allow-forms');
    frame.srcdoc = `<form action="${api}/rooms?${mark}" method="post" enctype="text/plain"><input name="a"></form>
      <script>document.forms[0].submit()</script>`;
    document.body.append(frame);
  },
  'a form for LiveKit’s address': (api, mark) => {
    const form = Object.assign(document.createElement('form'), {action: `${api}?${mark}`, method: 'post'});
    form.enctype = 'text/plain';
    form.innerHTML = `<input name='{"room_name":"lobby","x":"' value='"}'>`;
    document.body.append(form);
    form.submit();
  },
  'an image': (api, mark) =>
    void (document.body.append(new Image()), (document.images[0]!.src = `${api}/rooms?${mark}`)),
  'a script': (api, mark) =>
    document.body.append(Object.assign(document.createElement('script'), {src: `${api}/rooms?${mark}`})),
  'a visit': (api, mark) => void (location.href = `${api}/rooms?${mark}`),
};

describe('CSRF on POST, PATCH, DELETE, body-less, text/plain, method override', {timeout: 120_000}, () => {
  const rooms = recorded();
  let browser: Browser;
  let shop: Served;
  let evil: Served;
  let handle: ReturnType<typeof tokenProxy>;
  /** What reached the proxy, and how it was answered. */
  const seen: {method: string; search: string; cookie: string | null; status: number}[] = [];

  before(async () => {
    const page = (title: string) =>
      new Response(`<!doctype html><title>${title}</title>`, {headers: {'content-type': 'text/html'}});
    browser = await chromium.launch(await playwrightLaunchOptions());
    evil = await serve({fetch: () => page('Evil'), port: 0});
    shop = await serve({
      port: 0,
      fetch: async request => {
        const {pathname, search} = new URL(request.url);
        if (!pathname.startsWith('/api')) return page('Shop');
        const {method, headers} = request;
        const answer = await handle(request, {ip: '192.0.2.1'});
        seen.push({method, search, cookie: headers.get('cookie'), status: answer.status});
        return answer;
      },
    });
    // Signed in by a cookie, which a browser sends along whoever asks: the header and the origin are all that is left.
    handle = tokenProxy({
      rooms,
      authorize: ({headers}) => (headers.get('cookie')?.includes('session=ann') ? visitor() : null),
      userRefs: 'plain',
      origins: [shop.url],
      mount: '/api',
      serverUrl: 'wss://live.example',
      livekit: true,
      log: () => {},
    });
  });

  after(async () => {
    await browser.close();
    await Promise.all([shop.close(), evil.close()]);
  });

  /** A page at this address, of somebody who is signed in at the shop. */
  async function visit(url: string): Promise<Page> {
    const context = await browser.newContext();
    await context.addCookies([{name: 'session', value: 'ann', url: shop.url, sameSite: 'Lax'}]);
    const page = await context.newPage();
    await page.goto(url);
    return page;
  }

  /** Waits until a request with this mark was answered; how each was. */
  async function answered(mark: string) {
    const end = Date.now() + 30_000;
    const marked = () => seen.filter(({search}) => search.includes(mark));
    while (marked().length === 0) {
      assert.ok(Date.now() < end, `Nothing arrived of ${mark}.`);
      await new Promise(resolve => setTimeout(resolve, 20));
    }
    return marked();
  }

  it('is not in the way of a page of ours, which may do all of it', async () => {
    const page = await visit(shop.url);
    const statuses: number[] = [];
    for (const [method, path, body] of [
      ['POST', '/rooms/lobby/tokens', '{"name":"Ann","role":"viewer"}'],
      ['POST', '/rooms', '{"name":"New"}'],
      ['PATCH', '/rooms/lobby', '{"name":"B"}'],
      ['DELETE', '/rooms/lobby'],
      ['GET', '/rooms'],
    ]) {
      const headers = {'x-rooms-client': 'page', ...(body && {'content-type': 'application/json'})};
      const ask = `fetch('/api${path}', ${JSON.stringify({method, headers, body})}).then(answer => answer.status)`;
      statuses.push((await page.evaluate(ask)) as number);
    }
    assert.deepEqual(statuses, [200, 200, 200, 200, 200]);
    assert.ok(rooms.calls.splice(0).length >= 5);
    await page.context().close();
  });

  for (const [what, attack] of Object.entries(VARIANTS)) {
    it(`asks nothing of the platform by ${what} from a page on another origin`, async () => {
      const page = await visit(evil.url);
      const mark = `mark${seen.length}x`;
      const run = `(${attack.toString()})(${JSON.stringify(`${shop.url}/api`)}, ${JSON.stringify(mark)})`;
      // What it was told, if anything: a page elsewhere may not read an answer.
      const read = (await page
        .evaluate(`Promise.resolve(${run}).then(async got => (got instanceof Response ? got.text() : ''))`)
        .catch(() => '')) as string;
      const [first] = await answered(mark);
      assert.equal(read, '');
      assert.ok(first!.status >= 400, `${first!.method} ${first!.status}`);
      // The cookie came along, unless a preflight was refused before that.
      const last = seen.filter(({search}) => search.includes(mark)).at(-1)!;
      assert.ok(last.method === 'OPTIONS' || what.includes('without an origin') || last.cookie === 'session=ann');
      assert.deepEqual(rooms.calls, []);
      await page.context().close();
    });
  }
});
