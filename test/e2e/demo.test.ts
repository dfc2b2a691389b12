import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, readFile, rm, stat} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, afterEach, before, describe, it} from 'node:test';
import {setTimeout} from 'node:timers/promises';
import {chromium, type Browser, type ElementHandle, type Page} from 'playwright-core';
import {WebSocket} from 'ws';
import {basicAuth, httpRooms} from '../../src/http/client.js';
import type {Rooms} from '../../src/rooms/rooms.js';
import {FAKE_MEDIA, playwrightLaunchOptions} from '../browser.mjs';

describe('the demo', {timeout: 120_000}, () => {
  let folder: string;
  let demo: Demo;
  let browser: Browser;
  let rooms: Rooms;
  /** Everything a page should not do: errors on its console, requests to other hosts, things that jump. */
  const problems: string[] = [];

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'greenroom-demo-'));
    [demo, browser] = await Promise.all([startDemo(folder), playwrightLaunchOptions({args: FAKE_MEDIA}).then(launch)]);
    rooms = await platform();
  });

  after(async () => {
    await browser?.close();
    await demo?.stop();
    await rm(folder, {recursive: true});
  });

  afterEach(async () => {
    await Promise.all(browser.contexts().map(context => context.close()));
    assert.deepEqual(problems.splice(0), []);
  });

  const launch = (options: Parameters<typeof chromium.launch>[0]) => chromium.launch(options);

  /** The platform itself, past the proxy, with the credentials that the demo keeps. */
  async function platform() {
    const {id, key} = JSON.parse(await readFile(join(folder, 'application.json'), 'utf8')) as {id: string; key: string};
    const headers = {authorization: basicAuth(id, key)};
    return httpRooms({endpoint: new URL('/platform/video/v2', demo.url), headers});
  }

  const idOf = async (name: string) => (await rooms.list()).find(room => room.name === name)!.room_id;
  const namesIn = async (room: string) => (await rooms.users(await idOf(room))).map(user => user.name).sort();

  /** A person with a window of the demo in front of them. */
  async function visitor(name: string, {width = 1280, camera = true} = {}): Promise<Page> {
    const context = await browser.newContext({viewport: {width, height: 800}});
    context.on('weberror', error => problems.push(`${name}: ${error.error().message}`));
    context.on('console', message => message.type() === 'error' && problems.push(`${name}: ${message.text()}`));
    const stray = (url: string) => new URL(url).host !== new URL(demo.url).host && !url.startsWith('data:');
    context.on('request', request => stray(request.url()) && problems.push(`${name} asks ${request.url()}`));
    const page = await context.newPage();
    page.on('websocket', socket => stray(socket.url()) && problems.push(`${name} connects to ${socket.url()}`));
    await page.addInitScript(() => {
      new PerformanceObserver(list => {
        for (const entry of list.getEntries() as (PerformanceEntry & {hadRecentInput: boolean; value: number})[]) {
          if (!entry.hadRecentInput) console.error(`Something jumped by ${entry.value}.`);
        }
      }).observe({type: 'layout-shift', buffered: true});
    });
    if (!camera) {
      await page.addInitScript(() => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('No.', 'NotAllowedError'));
      });
    }
    await page.goto(demo.url);
    await page.getByLabel('Your name').fill(name);
    return page;
  }

  async function enter(page: Page, room: string) {
    await page.getByRole('option', {name: room}).click();
    await page.getByRole('button', {name: 'Join'}).click();
    await page.getByRole('heading', {name: room}).waitFor();
  }

  async function sees(page: Page, name: string) {
    const video = (await page.getByLabel(`Video of ${name}`).elementHandle()) as ElementHandle<HTMLVideoElement>;
    await page.waitForFunction(video => video.videoWidth > 0, video);
    const begin = await video.evaluate(video => video.currentTime);
    await page.waitForFunction(({video, begin}) => video.currentTime > begin, {video, begin});
  }

  it('answers soon after a cold start', async t => {
    assert.match(await (await fetch(demo.url)).text(), /<title>Greenroom/);
    t.diagnostic(`cold start to an answering page: ${demo.startedIn} ms`);
  });

  it('keeps the credentials for its owner alone', {skip: process.platform === 'win32'}, async () => {
    assert.equal((await stat(join(folder, 'application.json'))).mode & 0o777, 0o600);
  });

  it('offers a room of every kind', async () => {
    const kinds = (await rooms.list()).map(({settings: {mode, scheduled, adhoc}}) =>
      mode === 'lecture' ? mode : scheduled ? 'scheduled' : adhoc ? 'ad hoc' : 'permanent',
    );
    assert.deepEqual([...new Set(kinds)].sort(), ['ad hoc', 'lecture', 'permanent', 'scheduled']);
    const page = await visitor('Ada');
    await page.getByRole('option', {name: /Opens/}).click();
    await page.getByRole('timer').waitFor();
  });

  it('fits a phone, in both directions of writing', async () => {
    const page = await visitor('Ada', {width: 360});
    for (const dir of ['ltr', 'rtl']) {
      await page.goto(`${demo.url}?dir=${dir}`);
      await page.getByRole('option').first().waitFor();
      assert.equal(await page.evaluate(() => getComputedStyle(document.body).direction), dir);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 360);
    }
  });

  it('lets two people see each other, and the platform counts them', async () => {
    const [ada, bruno] = [await visitor('Ada'), await visitor('Bruno', {width: 360})];
    await enter(ada, 'Coffee corner');
    await enter(bruno, 'Coffee corner');
    await Promise.all([sees(ada, 'Bruno'), sees(bruno, 'Ada')]);
    assert.deepEqual(await namesIn('Coffee corner'), ['Ada', 'Bruno']);
  });

  it('takes a person in and out again by keyboard alone', async () => {
    const page = await visitor('Ada');
    await page.getByRole('option').first().waitFor();
    await page.locator('body').click({position: {x: 1, y: 1}});
    await page.keyboard.press('Tab');
    await page.keyboard.type('coffee');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'name');
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', {name: 'Coffee corner'}).waitFor();
    await page.waitForFunction(() => document.activeElement?.id === 'title');
    // Before there is a microphone and a camera, nothing can be muted or turned off, and Tab passes those buttons by.
    for (const name of ['Mute', 'Camera off']) await page.locator(`button:enabled:text-is("${name}")`).waitFor();
    for (const _ of ['Mute', 'Camera off', 'Leave']) await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => document.activeElement?.localName === 'join-button');
    assert.deepEqual(await namesIn('Coffee corner'), []);
  });

  it('moves nothing when a token was long in coming', async () => {
    const page = await visitor('Ada');
    // Half a second after a gesture a browser no longer takes what moves for its consequence.
    await page.route('**/tokens', async route => {
      const answer = await route.fetch();
      await setTimeout(700);
      await route.fulfill({response: answer});
    });
    await enter(page, 'Coffee corner');
    await page.getByRole('button', {name: 'Leave'}).click();
    await page.getByText('You left the room.').waitFor();
  });

  it('shows the name of somebody without a camera', async () => {
    const [ada, bruno] = [await visitor('Ada', {camera: false}), await visitor('Bruno')];
    await enter(ada, 'Coffee corner');
    await ada.getByText('the others see a card with your name').waitFor();
    await enter(bruno, 'Coffee corner');
    await Promise.all([sees(ada, 'Bruno'), sees(bruno, 'Ada')]);
  });

  it('lets a viewer watch without a camera of their own', async () => {
    const [ada, bruno] = [await visitor('Ada'), await visitor('Bruno')];
    await enter(ada, 'Coffee corner');
    await bruno.locator('join-button').evaluate(button => button.setAttribute('role', 'viewer'));
    await enter(bruno, 'Coffee corner');
    await sees(bruno, 'Ada');
    await ada.getByText('Bruno came in.').waitFor();
    assert.equal(await ada.getByLabel('Video of Bruno').evaluate((video: HTMLVideoElement) => video.srcObject), null);
  });

  it('refuses a token that somebody came in with', async () => {
    const ada = await visitor('Ada');
    const socket = ada.waitForEvent('websocket', socket => socket.url().endsWith('/session'));
    const joining = socket.then(socket => socket.waitForEvent('framesent'));
    await enter(ada, 'Coffee corner');
    const thief = new WebSocket((await socket).url());
    await once(thief, 'open');
    thief.send((await joining).payload);
    const [answer] = (await once(thief, 'message')) as [Buffer];
    assert.equal((JSON.parse(answer.toString()) as {type: string}).type, 'refused');
    assert.deepEqual(await namesIn('Coffee corner'), ['Ada']);
  });

  it('frees the seat of somebody who leaves', async () => {
    const [ada, bruno] = [await visitor('Ada'), await visitor('Bruno')];
    await enter(ada, 'Support desk');
    await enter(bruno, 'Support desk');
    const ask = async () =>
      rooms.token(await idOf('Support desk'), {name: 'Carla', role: 'participant', user_ref: 'carla'});
    await assert.rejects(ask, {code: 'room_full'});
    await ada.getByRole('button', {name: 'Leave'}).click();
    assert.equal(await ada.evaluate(() => document.activeElement?.localName), 'join-button');
    await bruno.getByText('Ada left.').waitFor();
    assert.ok((await ask()).token);
  });

  it('leaves one room for the next', async () => {
    const ada = await visitor('Ada');
    await enter(ada, 'Coffee corner');
    await ada.getByRole('button', {name: 'Join', disabled: false}).waitFor();
    await enter(ada, 'Support desk');
    await sees(ada, 'Ada');
    assert.equal(await ada.getByRole('listitem').count(), 1);
    assert.deepEqual([await namesIn('Coffee corner'), await namesIn('Support desk')], [[], ['Ada']]);
  });

  it('keeps its rooms when it is stopped in the middle of a call and started again', async t => {
    await enter(await visitor('Ada'), 'Coffee corner');
    const known = (await rooms.list()).map(room => room.room_id);
    const stopped = performance.now();
    assert.equal(await demo.stop(), 0);
    t.diagnostic(`stopped in ${Math.round(performance.now() - stopped)} ms`);
    await Promise.all(browser.contexts().map(context => context.close()));
    problems.length = 0; // A page whose server goes away may complain.

    demo = await startDemo(folder);
    rooms = await platform();
    assert.deepEqual(
      (await rooms.list()).map(room => room.room_id),
      known,
    );
    await enter(await visitor('Ada'), 'Coffee corner');
  });

  it('stops when npm, which started it, is told to', async () => {
    const data = join(folder, 'by-npm');
    const byNpm = await startDemo(data, '0', ['npm', 'run', 'demo']);
    await byNpm.stop();
    const answers = () =>
      fetch(byNpm.url).then(
        () => true,
        () => false,
      );
    while (await answers());
  });

  it('says in one sentence that its port is taken', async () => {
    const {port} = new URL(demo.url);
    await assert.rejects(startDemo(folder, port), new RegExp(`^Error: Port ${port} is taken\\..*\\n$`));
  });
});

interface Demo {
  url: string;
  /** From the start of the process to the first answer, in ms. */
  startedIn: number;
  /** Asks it to stop, as a terminal does; answers the exit code. */
  stop(): Promise<number | null>;
}

const BY_NODE = [process.execPath, '--import', 'tsx', 'demo/server.ts'];

/** The demo as `npm run demo` starts it, on a free port unless told. */
async function startDemo(data: string, port = '0', command = BY_NODE): Promise<Demo> {
  const began = performance.now();
  const [program, ...args] = command;
  const demo = spawn(program!, args, {env: {...process.env, PORT: port, DATA: data}});
  const exited = once(demo, 'exit') as Promise<[number | null]>;
  const url = await new Promise<string>((resolve, reject) => {
    let said = '';
    const listen = (chunk: Buffer) => {
      said += String(chunk);
      const url = /http:\S+/.exec(said)?.[0];
      if (url) resolve(url);
    };
    demo.stdout.on('data', listen);
    demo.stderr.on('data', listen);
    demo.on('close', () => reject(new Error(said)));
  });
  await (await fetch(url)).text();
  return {
    url,
    startedIn: Math.round(performance.now() - began),
    stop: async () => {
      demo.kill('SIGTERM');
      const [code] = await exited;
      return code;
    },
  };
}
