// A site with a room picker and a join button, its token proxy as a command, and people in a browser.
import {createServer, type Server} from 'node:http';
import {once} from 'node:events';
import type {AddressInfo} from 'node:net';
import type {TestContext} from 'node:test';
import {chromium, type Browser, type Page} from 'playwright-core';
import type {Environment} from '../../../src/proxy/node/environment.js';
import {FAKE_MEDIA, playwrightLaunchOptions} from '../../browsers/chrome.mjs';
import {bundled} from '../e2e/bundled.js';
import {command, file} from '../proxy/command.js';
import {until} from './until.js';

interface TestPage {
  enter(detail: object): Promise<unknown>;
  leave?(): unknown;
  remotes(): Promise<string[]>;
  pictures(): Record<string, {frames: number; picture: string}>;
}

const SITE = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Shop</title>
<body><room-picker id="rooms" endpoint="/api"></room-picker><join-button for="rooms" endpoint="/api" no-name></join-button>
<script type="module" src="/script.js"></script>`;

export class Site {
  #server: Server;
  #browser: Browser;
  url: string;
  /** Where the token proxy is; pages reach it below `/api`. */
  proxy = '';
  /** What pages wrote on their consoles as errors. */
  problems: string[] = [];

  private constructor(server: Server, browser: Browser) {
    this.#server = server;
    this.#browser = browser;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** `script` is what the page does with a token, as a module. */
  static async open(script: string): Promise<Site> {
    const {code} = await bundled(script);
    let site: Site | undefined;
    const server = createServer(async (request, response) => {
      const {url = '', method = 'GET'} = request;
      if (!url.startsWith('/api')) {
        const type = url === '/script.js' ? 'text/javascript' : 'text/html';
        return response.writeHead(200, {'content-type': type}).end(url === '/script.js' ? code : SITE);
      }
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      const {host: _, connection: _c, 'content-length': _l, ...headers} = request.headers as Record<string, string>;
      const body = chunks.length > 0 ? Buffer.concat(chunks) : undefined;
      // A proxy that has stopped answers nothing.
      const sent = fetch(site!.proxy + url.slice('/api'.length), {method, headers, ...(body && {body})});
      const answer = await sent.catch(() => new Response(null, {status: 502}));
      response.writeHead(answer.status, {'content-type': 'application/json'}).end(await answer.text());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const browser = await chromium.launch(await playwrightLaunchOptions({args: FAKE_MEDIA}));
    site = new Site(server, browser);
    return site;
  }

  async close() {
    await this.#browser.close();
    this.#server.closeAllConnections();
    this.#server.close();
  }

  /** Starts `greenroom proxy`. Returns what it wrote. */
  async start(t: TestContext, rooms: object[], env: Environment) {
    const {told, until: saying} = command(t, ['proxy'], {
      ORIGINS: this.url,
      GUEST_ROLES: 'participant,viewer',
      ROOMS_FILE: await file(t, 'rooms.json', JSON.stringify(rooms)),
      PORT: '0',
      LIMITS_TOKENS_IP: '1000/60',
      ...env,
    });
    const [, url] = await saying(/Listening at (http[^"]+)"/);
    this.proxy = url!;
    return told;
  }

  /** Somebody with the page in front of them. */
  async visitor(t: TestContext, name: string, {role = 'participant', path = ''} = {}): Promise<Page> {
    const context = await this.#browser.newContext();
    const page = await context.newPage();
    t.after(async () => {
      await this.leave(page);
      await context.close();
    });
    page.on('pageerror', error => this.problems.push(`${name}: ${error.message}`));
    await page.goto(`${this.url}/${path}`);
    await page.evaluate(
      ([name, role]) => {
        const button = document.querySelector('join-button')!;
        Object.assign(button, {userName: name, userRole: role});
      },
      [name, role],
    );
    return page;
  }

  /** Leaves the call. A page that closes may keep its seat for a while. */
  async leave(page: Page) {
    if (!page.isClosed()) await page.evaluate(() => (globalThis as unknown as {test: TestPage}).test.leave?.());
  }

  /** Chooses a room and presses the button, as a person does. */
  async join(page: Page, room: string) {
    await page.getByRole('option', {name: room}).click();
    await page.getByRole('button', {name: /Join/}).click();
  }
}

const inPage = (page: Page) => ({
  remotes: () => page.evaluate(async () => (globalThis as unknown as {test: TestPage}).test.remotes()),
  pictures: () => page.evaluate(() => (globalThis as unknown as {test: TestPage}).test.pictures()),
});

/** Waits until a page shows so many people, each moving. */
export async function seesMoving(page: Page, people: number) {
  let before: Record<string, {frames: number; picture: string}> = {};
  let seen = '';
  const isMoving = async () => {
    const now = await inPage(page).pictures();
    const moves = Object.entries(now).map(
      ([id, {frames, picture}]) => before[id] && frames > before[id].frames && picture !== before[id].picture,
    );
    seen = Object.entries(now)
      .map(([id, {frames}]) => `${id.slice(-6)} ${frames}`)
      .join();
    before = now;
    return moves.length === people && moves.every(Boolean);
  };
  await until(() => `The page shows ${people} people who move. It shows: ${seen}`, isMoving);
}

/** Waits until the page says `what` of its call, such as `end`. */
export const marked = (page: Page, what: string) =>
  page.waitForFunction(what => document.body.dataset[what], what, {timeout: 30_000});

/** Enters a call with a token, without the button. Returns the error as text. */
export const entered = (page: Page, detail: object) =>
  page.evaluate(detail => (globalThis as unknown as {test: TestPage}).test.enter(detail).then(String, String), detail);

/** Every address that the page sends to. */
export const remotesOf = (page: Page) => inPage(page).remotes();
