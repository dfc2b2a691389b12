// People in Chromium whose pages have a client of the stage, and nothing of the stage around it.
import assert from 'node:assert/strict';
import {once} from 'node:events';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {chromium, type Page} from 'playwright-core';
import type {TokenDetail} from '../../../src/stage/call.js';
import {FAKE_MEDIA, playwrightLaunchOptions} from '../../browsers/chrome.mjs';
import {bundled} from '../e2e/bundled.js';
import type {StagePage} from './stage-page.js';
import {until} from './until.js';

interface Globals {
  page: StagePage;
  connect: Parameters<StagePage['join']>[0];
  given?: Parameters<StagePage['join']>[2];
}

/** Somebody with a page. */
export class Somebody {
  readonly page: Page;
  constructor(page: Page) {
    this.page = page;
  }
  join = (detail: object) =>
    this.page.evaluate(detail => {
      const {page, connect, given} = globalThis as unknown as Globals;
      return page.join(connect, detail as TokenDetail, given);
    }, detail);
  /** Calls a function of the page. */
  do<K extends keyof StagePage>(name: K, argument?: unknown): Promise<unknown> {
    return this.page.evaluate(
      ([name, argument]) => {
        const value: unknown = (globalThis as unknown as Globals).page[name as 'told'];
        return typeof value === 'function' ? (value as (argument: unknown) => unknown)(argument) : value;
      },
      [name, argument] as const,
    );
  }
  people = () => this.do('people') as Promise<string[]>;
  /** Waits until the page knows exactly these people, each with what they send. */
  async knows(...people: string[]) {
    let seen: string[] = [];
    try {
      await until('', async () => (seen = await this.people()).join() === people.sort().join());
    } catch {
      assert.deepEqual(seen, people.sort());
    }
  }
  /** Waits until the page shows so many videos, and each moves. */
  async seesMoving(videos: number, patience = 30_000) {
    const pictures = () => this.do('pictures') as Promise<{frames: number; picture: string}[]>;
    let before: {frames: number; picture: string}[] = [];
    const isThere = async () => {
      before = await pictures();
      return before.length === videos && before.every(({frames}) => frames > 0);
    };
    await until(`The page shows ${videos} video(s).`, isThere, patience);
    const moves = async () => {
      const now = await pictures();
      // After a break a video begins again, with its first frame.
      if (now.length !== before.length || now.some(({frames}, at) => frames < before[at]!.frames)) before = now;
      return now.every(({frames, picture}, at) => frames > before[at]!.frames && picture !== before[at]!.picture);
    };
    await until('The picture moves.', moves, patience);
  }
}

/** Lets Ann and Bob see each other while what Ann sends changes, until she leaves. */
export async function seeEachOther(enter: (name: string) => Promise<Somebody>) {
  const [ann, bob] = await Promise.all([enter('Ann'), enter('Bob')]);
  await Promise.all([ann.seesMoving(1), bob.seesMoving(1)]);
  await bob.knows('Ann: camera microphone');
  await ann.do('off', 'camera');
  await bob.knows('Ann: microphone');
  await ann.do('on', 'camera');
  await bob.knows('Ann: camera microphone');
  await bob.seesMoving(1);
  // Turned off and on again without a new connection, and without touching the page's own tracks.
  assert.equal(await ann.do('live', 'camera'), 'live');
  await ann.do('leave');
  await bob.knows();
  assert.deepEqual(await ann.do('told'), ['connected', 'end left']);
}

/** `script` sets `globalThis.connect`, and perhaps `globalThis.given`. */
export async function stagePeople(script: string) {
  const code = (
    await bundled(`import page from './test/helpers/engines/stage-page.ts'; globalThis.page = page; ${script}`)
  ).code;
  const server = createServer(({url}, response) => {
    if (url === '/script.js') return response.writeHead(200, {'content-type': 'text/javascript'}).end(code);
    const html = '<!doctype html><html lang="en"><title>Call</title><body><script type="module" src="/script.js">';
    return response.writeHead(200, {'content-type': 'text/html'}).end(`${html}</script>`);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const browser = await chromium.launch(await playwrightLaunchOptions({args: FAKE_MEDIA}));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  /** What pages wrote as errors. */
  const problems: string[] = [];
  return {
    problems,
    async somebody(): Promise<Somebody> {
      const page = await (await browser.newContext()).newPage();
      page.on('pageerror', error => problems.push(error.stack ?? error.message));
      await page.goto(url);
      await page.waitForFunction(() => 'connect' in globalThis);
      return new Somebody(page);
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      server.close();
    },
  };
}
