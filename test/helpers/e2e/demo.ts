// The demo as people meet it: started as `npm run demo` does, and driven in a browser by one page for each of them.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {mkdtemp, readFile, rm} from 'node:fs/promises';
import {createRequire} from 'node:module';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {setTimeout as pause} from 'node:timers/promises';
import {after, afterEach, before} from 'node:test';
import {chromium, type Browser, type BrowserContextOptions, type ElementHandle, type Page} from 'playwright-core';
import {basicAuth, httpRooms} from '../../../src/http/client.js';
import {Room, type Rooms} from '../../../src/rooms/rooms.js';
import {FAKE_MEDIA, playwrightLaunchOptions} from '../../browsers/chrome.mjs';

export interface VisitorOptions extends BrowserContextOptions {
  role?: 'Participant' | 'Viewer' | 'Audience' | 'Moderator';
  width?: number;
  /** Which way the page is written. */
  dir?: string;
  /** Whether the browser may use camera and microphone. */
  camera?: boolean;
  /** Runs in the page before its own scripts. */
  init?: () => void;
}

interface LayoutShift extends PerformanceEntry {
  hadRecentInput: boolean;
  value: number;
  sources: {node: Node | null; previousRect: DOMRectReadOnly; currentRect: DOMRectReadOnly}[];
}

/** What a page asks for whose frame is of another origin. */
export const FRAMED = / asks http:\/\/localhost:\d+\//;

/** A demo and a browser for the tests of one `describe`. */
export class Theatre {
  folder!: string;
  /** Variables that the demo gets. */
  env: Record<string, string> = {};
  demo!: Demo;
  browser!: Browser;
  /** The platform itself, past the proxy, with the credentials that the demo keeps. */
  rooms!: Rooms;
  /** Everything a page should not do: errors on its console, requests to other hosts, things that jump. */
  problems: string[] = [];

  async open() {
    this.folder = await mkdtemp(join(tmpdir(), 'greenroom-demo-'));
    const launch = async () => chromium.launch(await playwrightLaunchOptions({args: FAKE_MEDIA}));
    [this.browser] = await Promise.all([launch(), this.start()]);
  }

  async close() {
    await this.browser?.close();
    await this.demo?.stop();
    await rm(this.folder, {recursive: true});
  }

  /** Starts the demo on the data of this theatre, which it may have had before. */
  async start() {
    this.demo = await startDemo(this.folder, '0', undefined, this.env);
    const file = await readFile(join(this.folder, 'application.json'), 'utf8');
    const {id, key} = JSON.parse(file) as {id: string; key: string};
    const headers = {authorization: basicAuth(id, key)};
    this.rooms = httpRooms({endpoint: new URL('/platform/video/v2', this.demo.url), headers, room: Room});
  }

  /** Takes problems for none that a test brought about itself. */
  forgive(problem: RegExp) {
    this.problems = this.problems.filter(each => !problem.test(each));
  }

  idOf = async (name: string) => (await this.rooms.list()).find(room => room.name === name)!.room_id;
  namesIn = async (room: string) => (await this.rooms.users(await this.idOf(room))).map(user => user.name).sort();

  /** A person with the demo's page of the single parts in front of them. */
  async visitor(name: string, {role = 'Participant', ...options}: VisitorOptions = {}): Promise<Page> {
    const page = await this.page(name, options);
    await page.goto(`${this.demo.url}parts.html?dir=${options.dir ?? ''}`);
    await page.getByLabel('Your name').fill(name);
    await page.getByLabel('You come as').selectOption(role);
    return page;
  }

  /** All go, as people do who close a window: their pages say that they leave. The next test finds the rooms empty. */
  async empty() {
    const contexts = this.browser.contexts();
    // Closing a context ends its pages at once, without `pagehide`.
    const pages = contexts.flatMap(context => context.pages());
    await Promise.all(pages.map(page => page.evaluate(() => void dispatchEvent(new Event('pagehide')))));
    await Promise.all(contexts.map(context => context.close()));
    // Who had lost the connection keeps the seat for a while.
    const deadline = Date.now() + 60_000;
    while ((await this.rooms.list()).some(({isRoomActive}) => isRoomActive)) {
      assert.ok(Date.now() < deadline, 'Somebody is still in a room.');
      await pause(50);
    }
  }

  /** A window that shows nothing yet, whose `problems` are noticed under a name. */
  async page(name: string, options: Omit<VisitorOptions, 'role'> = {}): Promise<Page> {
    const {width = 1280, dir: _, camera = true, init, ...context} = options;
    const made = await this.browser.newContext({viewport: {width, height: 800}, reducedMotion: 'reduce', ...context});
    made.on('weberror', error => this.problems.push(`${name}: ${error.error().message}`));
    made.on('console', message => message.type() === 'error' && this.problems.push(`${name}: ${message.text()}`));
    const stray = (url: string) => new URL(url).hostname !== '127.0.0.1' && !url.startsWith('data:');
    made.on('request', request => stray(request.url()) && this.problems.push(`${name} asks ${request.url()}`));
    const page = await made.newPage();
    page.on('websocket', socket => stray(socket.url()) && this.problems.push(`${name} connects to ${socket.url()}`));
    await tellShifts(page);
    await page.addInitScript(() => {
      const said: string[] = [];
      Object.assign(window, {said});
      void customElements.whenDefined('room-stage').then(async () => {
        const stage = document.querySelector('room-stage');
        await stage?.updateComplete;
        const status = stage?.shadowRoot?.querySelector('[role=status]');
        if (!status) return;
        new MutationObserver(() => said.push(status.textContent!)).observe(status, {childList: true});
      });
    });
    if (!camera) {
      await page.addInitScript(() => {
        navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('No.', 'NotAllowedError'));
      });
    }
    if (init) await page.addInitScript(init);
    return page;
  }
}

/** Opens a theatre for the tests around it; what any of their pages should not have done fails the test. */
export function useTheatre(): Theatre {
  const theatre = new Theatre();
  before(() => theatre.open());
  after(() => theatre.close());
  afterEach(async () => {
    const problems = theatre.problems.splice(0);
    await theatre.empty();
    // The page of somebody who leaves shows another heading.
    problems.push(...theatre.problems.splice(0).filter(each => !/jumped/.test(each)));
    assert.deepEqual(problems, []);
  });
  return theatre;
}

/** The button to join, once it says this and can be pressed. */
export const joinButton = (page: Page, name: string) =>
  page.locator('join-button').getByRole('button', {name, exact: true, disabled: false});

/** Chooses a room and asks to be let in. */
export async function ask(page: Page, room: string) {
  await page.locator('room-picker').getByRole('option', {name: room}).click();
  await page.locator('join-button').getByRole('button', {name: 'Join'}).click();
}

/** Goes into a room that lets everybody in. */
export async function enter(page: Page, room: string) {
  await ask(page, room);
  await page.getByRole('heading', {name: room, exact: true}).waitFor();
}

/** Leaves by the stage's own button; the one that joined leaves, too. */
export const leave = (page: Page) => page.locator('room-stage').getByRole('button', {name: 'Leave'}).click();

/** Waits until a page plays what somebody sends. */
export async function sees(page: Page, name: string) {
  // Who went without a goodbye, in the test before, is waited for under the same name.
  const video = (await page.getByLabel(`Video of ${name}`).last().elementHandle()) as ElementHandle<HTMLVideoElement>;
  await page.waitForFunction(video => video.videoWidth > 0, video);
  const begin = await video.evaluate(video => video.currentTime);
  await page.waitForFunction(({video, begin}) => video.currentTime > begin, {video, begin});
}

/** Waits until a page says a sentence, on its line for what happens, that it has said since it was last asked. */
export async function says(page: Page, sentence: string) {
  const heard = (sentence: string) => {
    const {said} = window as unknown as {said: string[]};
    const at = said.findIndex(each => each.includes(sentence));
    return at >= 0 && said.splice(0, at + 1);
  };
  await page.waitForFunction(heard, sentence).catch(async (cause: unknown) => {
    const said = await page.evaluate(() => (window as unknown as {said: string[]}).said);
    throw new Error(`Instead of “${sentence}” it says: ${said.join(' / ')}`, {cause});
  });
}

/** The notice that a page's stage shows instead of a call. */
export const notice = (page: Page, text: string) => page.locator('[part=notice]', {hasText: text});

/** The label or text of what has the focus in a page, also in the stage. */
export const focusOf = (page: Page) =>
  page.evaluate(() => {
    const outer = document.activeElement;
    const focused = outer?.shadowRoot?.activeElement ?? outer;
    return focused?.ariaLabel ?? focused?.textContent?.trim();
  });

/** Records the connections of a page and its requests for a camera, for `sends`. */
export function watched() {
  const page = window as unknown as {connections: RTCPeerConnection[]; asked: number};
  page.connections = [];
  page.asked = 0;
  const Own = RTCPeerConnection;
  window.RTCPeerConnection = class extends Own {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      page.connections.push(this);
    }
  };
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = constraints => {
    page.asked += 1;
    return ask(constraints);
  };
}

/** The tracks that a `watched` page sends, and how often it asked for camera or microphone. */
export const sends = (page: Page) =>
  page.evaluate(() => {
    const {connections, asked} = window as unknown as {connections: RTCPeerConnection[]; asked: number};
    const open = connections.filter(({connectionState}) => connectionState !== 'closed');
    const tracks = open.flatMap(each => each.getSenders().flatMap(({track}) => track?.kind ?? []));
    return {connections: open.length, tracks: tracks.sort(), asked};
  });

/** Waits until a `watched` page sends exactly these kinds of tracks. */
export const sending = (page: Page, kinds: string[]) =>
  until(async () => (await sends(page)).tracks.join() === kinds.join());

/** Waits until something is so. */
export async function until(isSo: () => Promise<boolean>) {
  const deadline = Date.now() + 20_000;
  while (!(await isSo())) {
    assert.ok(Date.now() < deadline, `Not so: ${String(isSo)}`);
    await pause(50);
  }
}

/** Whether a page has anything to play of somebody. */
export const hasVideoOf = (page: Page, name: string) =>
  page.getByLabel(`Video of ${name}`).evaluate((video: HTMLVideoElement) => video.srcObject !== null);

/** By how many pixels a page is wider than its window. */
export const overhang = (page: Page) =>
  page.evaluate(() => {
    const {scrollWidth, clientWidth} = document.documentElement;
    return Math.max(0, scrollWidth - clientWidth);
  });

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

interface Axe {
  run(within: string, options: {resultTypes: string[]}): Promise<{violations: {id: string; nodes: {html: string}[]}[]}>;
}

/** What a page, or a part of it, keeps from people who use it in other ways than most; nothing, if all is well. */
export async function barriers(page: Page, within = 'html'): Promise<string[]> {
  // Not as a script of the page, which a policy may forbid.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(await readFile(AXE, 'utf8'));
  const {violations} = await page.evaluate(
    within => (window as unknown as {axe: Axe}).axe.run(within, {resultTypes: ['violations']}),
    within,
  );
  return violations.flatMap(({id, nodes}) => nodes.map(({html}) => `${id}: ${html}`));
}

export interface Demo {
  url: string;
  /** From the start of the process to the first answer, in ms. */
  startedIn: number;
  /** Asks it to stop, as a terminal does; answers the exit code. */
  stop(): Promise<number | null>;
}

const BY_NODE = [process.execPath, '--import', 'tsx', 'demo/server.ts'];

/** Starts the demo as `npm run demo` does. By default on a free port. */
export async function startDemo(
  data: string,
  port = '0',
  command = BY_NODE,
  env: Record<string, string> = {},
): Promise<Demo> {
  const began = performance.now();
  const [program, ...args] = command;
  const demo = spawn(program!, args, {env: {...process.env, PORT: port, DATA: data, ...env}});
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

/** Has a page write each shift of its layout to its console, as an error; what is in an element of ours has no node. */
export const tellShifts = (page: Page) =>
  page.addInitScript(() => {
    // A script that presses a button of <green-room> does what a person does, so what moves right after it is meant to.
    let pressed = -Infinity;
    addEventListener(
      'click',
      event => {
        const isStep = event.composedPath().some(each => each instanceof Element && each.localName === 'green-room');
        if (isStep) pressed = event.timeStamp;
      },
      true,
    );
    new PerformanceObserver(list => {
      for (const {hadRecentInput, value, startTime, sources} of list.getEntries() as LayoutShift[]) {
        const what = sources.map(({node, previousRect, currentRect}) => {
          const [from, to] = [previousRect, currentRect].map(
            ({x, y, width, height}) => `${width} × ${height} at ${x}, ${y}`,
          );
          const element = node instanceof Element ? node : node?.parentElement;
          return `${element?.outerHTML.slice(0, 80) ?? 'something'} from ${from} to ${to}`;
        });
        if (!hadRecentInput && startTime - pressed > 500)
          console.error(`By ${value} jumped after ${startTime} ms ${what.join(' and ')}`);
      }
    }).observe({type: 'layout-shift', buffered: true});
  });
