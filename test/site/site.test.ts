import assert from 'node:assert/strict';
import {after, before, describe, it} from 'node:test';
import example from '../../demo/servers/site.js';
import {serve, type Served} from '../../src/http/server.js';
import {createPlatform, openDatabase, type Platform} from '../../src/platform/platform.js';
import {tokenProxy} from '../../src/proxy/proxy.js';
import type {Rooms} from '../../src/rooms/rooms.js';
import {roomSite, type RoomSiteOptions} from '../../src/site/site.js';

const HOSTILE = `</title><script>alert(1)</script>"'\`<img src=x onerror=alert(1)>&amp;`;

describe('roomSite', () => {
  let platform: Platform;
  let rooms: Rooms;
  let proxy: Served;
  const ids: Record<string, string> = {};

  before(async () => {
    platform = createPlatform({database: await openDatabase(':memory:')});
    rooms = platform.rooms((await platform.createApplication()).id);
    const answer = tokenProxy({
      rooms,
      guests: {roles: ['participant']},
      origins: ['https://meet.example'],
      mount: '/api',
    });
    proxy = await serve({port: 0, fetch: request => answer(request)});
    const make = async (key: string, name: string, settings = {}) =>
      (ids[key] = (await rooms.create({name, owner_ref: 'test', settings})).room_id);
    await make('coffee', 'Coffee corner', {description: 'Bring a cup.'});
    await make('hostile', HOSTILE, {description: HOSTILE});
    const start = new Date(Date.now() + 5 * 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
    await make('later', 'Review', {scheduled: true, scheduled_time: start, duration: 30});
  });
  after(async () => {
    await proxy.close();
    await platform.close();
  });

  const siteWith = (options: Partial<RoomSiteOptions> = {}) =>
    roomSite({endpoint: `${proxy.url}/api`, url: 'https://meet.example', ...options});
  const get = (path: string, options?: Partial<RoomSiteOptions>, init?: RequestInit) =>
    siteWith(options)(new Request(`https://meet.example${path}`, init));
  const textOf = async (path: string, options?: Partial<RoomSiteOptions>) => (await get(path, options)).text();

  it('GET /r/<room> names the room in the title, in previews of links, and without JavaScript', async () => {
    const page = await textOf(`/r/${ids.coffee}`);
    assert.match(page, /<title>Coffee corner · Greenroom<\/title>/);
    assert.match(page, /<meta property="og:title" content="Coffee corner">/);
    assert.match(page, /<meta property="og:description" content="Bring a cup.">/);
    assert.match(page, new RegExp(`<meta property="og:url" content="https://meet.example/r/${ids.coffee}">`));
    assert.match(page, new RegExp(`<green-room endpoint="${proxy.url}/api" room-id="${ids.coffee}">`));
    assert.match(page, /<noscript>\s*<section>\s*<h2 dir="auto">Coffee corner<\/h2>\s*<p>Open<\/p>/);
  });

  it('GET / has the list of rooms, and /?room= the name of the linked one', async () => {
    assert.match(
      await textOf('/', {welcome: 'Come in.'}),
      /<p>Come in\.<\/p>[^]*<green-room endpoint="[^"]+" deep-link>/,
    );
    const linked = await textOf(`/?room=${ids.coffee}`);
    assert.match(linked, /<title>Coffee corner/);
    assert.match(linked, new RegExp(`og:url" content="https://meet.example/\\?room=${ids.coffee}"`));
    assert.equal((await get('/', {home: false})).status, 404);
  });

  it('says without JavaScript when a room opens, in its time zone and language', async () => {
    assert.match(await textOf(`/r/${ids.later}`), /<time datetime="[^"]+Z">Opens .*UTC<\/time>/);
    const german = await textOf(`/r/${ids.later}`, {lang: 'de', timeZone: 'Europe/Berlin'});
    assert.match(german, /<html lang="de">[^]*MEZ<\/time>[^]*Schalten Sie JavaScript ein/);
    assert.match(await textOf('/', {lang: 'ar'}), /<html lang="ar" dir="rtl">/);
    const [cantonese, taiwanese] = [await textOf('/', {lang: 'yue'}), await textOf('/', {lang: 'zh-TW'})];
    assert.equal(/<noscript>[^]*<\/noscript>/.exec(cantonese)![0], /<noscript>[^]*<\/noscript>/.exec(taiwanese)![0]);
    assert.doesNotMatch(cantonese, /JavaScript on|Turn on/);
  });

  it('escapes the name of a room wherever it stands', async () => {
    const page = await textOf(`/r/${ids.hostile}`);
    const holes = page.match(/<script|<img/g);
    assert.deepEqual(holes, ['<script']); // Its own.
    assert.ok(page.includes('&#60;script&#62;alert(1)&#60;/script&#62;'));
    assert.ok(!/<title>[^<]*<\/title><script>alert/.test(page));
  });

  it('tells nothing of a room that guests may not see, and serves its page all the same', async () => {
    for (const id of ['unknown', 'x'.repeat(64)]) {
      const answer = await get(`/r/${id}`);
      assert.equal(answer.status, 200);
      assert.match(await answer.text(), /<title>Greenroom<\/title>/);
    }
    for (const path of ['/r/..%2Fsecret', `/r/${'x'.repeat(65)}`, '/r/<script>', '/nothing', '/r/']) {
      assert.equal((await get(path)).status, 404, path);
    }
  });

  it('serves its pages without the name while the proxy is away, and asks once for many visitors', async () => {
    const page = await textOf(`/r/${ids.coffee}`, {endpoint: 'http://127.0.0.1:9/api'});
    assert.match(page, /<title>Greenroom<\/title>/);
    assert.match(await textOf(`/r/${ids.coffee}`, {endpoint: '/api', url: undefined}), /<title>Greenroom<\/title>/);
    let asked = 0;
    const counting = await serve({port: 0, fetch: () => (asked++, Response.json({result: 0, room: {}}))});
    const site = siteWith({endpoint: counting.url});
    await Promise.all(Array.from({length: 20}, () => site(new Request(`https://meet.example/r/${ids.coffee}`))));
    await counting.close();
    assert.equal(asked, 1);
  });

  it('has a policy that lets a page load what its client needs, and nothing else', async () => {
    const policyOf = async (options: Partial<RoomSiteOptions>) => {
      const {headers} = await get('/', options);
      return Object.fromEntries(
        headers
          .get('content-security-policy')!
          .split('; ')
          .map(each => [each.slice(0, each.indexOf(' ')), each.slice(each.indexOf(' ') + 1)]),
      );
    };
    const own = await policyOf({serverUrl: 'wss://live.example/session'});
    assert.equal(own['script-src'], "'self'");
    assert.equal(own['connect-src'], `'self' ${proxy.url} wss://live.example https://live.example`);
    assert.equal(own['frame-src'], "'none'");
    assert.equal(own['frame-ancestors'], "'none'");
    assert.equal(own['require-trusted-types-for'], "'script'");
    const jitsi = await policyOf({
      provider: 'jitsi',
      serverUrl: 'https://meet.jit.si',
      parents: ['https://shop.example'],
    });
    assert.equal(jitsi['script-src'], "'self' https://meet.jit.si");
    assert.equal(jitsi['frame-src'], 'https://meet.jit.si');
    assert.equal(jitsi['frame-ancestors'], "'self' https://shop.example");
    const livekit = await policyOf({provider: 'livekit', clientOrigins: ['https://cdn.example']});
    assert.equal(livekit['script-src'], "'self' https://cdn.example");
  });

  it('has a new nonce in each answer, on its one style', async () => {
    const [one, two] = [await get('/'), await get('/')];
    const nonceOf = ({headers}: Response) => /'nonce-([^']+)'/.exec(headers.get('content-security-policy')!)![1]!;
    assert.notEqual(nonceOf(one), nonceOf(two));
    assert.equal((await one.text()).split(`<style nonce="${nonceOf(one)}">`).length, 2);
  });

  it('keeps search engines away unless it is told otherwise', async () => {
    const [closed, open] = [await get('/'), await get('/', {index: true})];
    assert.equal(closed.headers.get('x-robots-tag'), 'noindex');
    assert.match(await closed.text(), /<meta name="robots" content="noindex">/);
    assert.equal(open.headers.get('x-robots-tag'), null);
    assert.doesNotMatch(await open.text(), /noindex/);
  });

  it('bears the name, the logo and the colours of its owner', async () => {
    const page = await textOf('/', {
      name: 'Baker & Sons <3',
      logo: 'https://cdn.example/logo.svg',
      colors: {accent: '#a63f1b', surface: 'light-dark(#fff, rgb(10 20 30 / 50%))'},
    });
    assert.match(page, /<img src="https:\/\/cdn.example\/logo.svg" alt=""><span>Baker &#38; Sons &#60;3<\/span>/);
    assert.match(page, /--room-accent:#a63f1b;--room-surface:light-dark\(#fff, rgb\(10 20 30 \/ 50%\)\);/);
  });

  it('answers HEAD without a body, and refuses other methods', async () => {
    const head = await get('/', {}, {method: 'HEAD'});
    assert.deepEqual([head.status, await head.text()], [200, '']);
    const post = await get('/', {}, {method: 'POST'});
    assert.deepEqual([post.status, post.headers.get('allow')], [405, 'GET, HEAD']);
  });

  it('refuses options that are wrong, each with a line', () => {
    const wrong = {
      endpoint: 'javascript:alert(1)',
      url: 'https://meet.example/path',
      name: 'two\nlines',
      lang: 'not a tag',
      timeZone: 'Mars/Base',
      logo: '//evil.example/x.svg',
      colors: {accent: 'red;} body{display:none'},
      parents: ['*'],
      provider: 'Jitsi;',
      serverUrl: 'ftp://x.example',
      script: 'data:text/javascript,1',
      integrity: '"><script>',
    };
    assert.throws(
      () => roomSite(wrong),
      ({code, message}: {code: string; message: string}) => {
        assert.equal(code, 'misconfigured');
        const named = new Set(message.split('\n').map(line => line.split(':')[0]));
        assert.deepEqual(named, new Set([...Object.keys(wrong).filter(key => key !== 'colors'), 'accent']));
        return true;
      },
    );
  });
});

describe('demo/servers/site.ts', () => {
  it('serves the page of all rooms, with the script from its address', async () => {
    const answer = await example.fetch(new Request('https://meet.example/'));
    assert.equal(answer.status, 200);
    const script = 'https://cdn.example/greenroom@0.1.0/dist/greenroom.min.js';
    const page = await answer.text();
    assert.ok(page.includes('<green-room') && page.includes(script), page);
    assert.match(answer.headers.get('content-security-policy')!, /script-src [^;]*https:\/\/cdn\.example/);
  });
});
