import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {mkdir, mkdtemp, rm, symlink, writeFile} from 'node:fs/promises';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {describe, it, type TestContext} from 'node:test';
import {chromium, type Locator} from 'playwright-core';
import type {RoomTokenEvent} from '../../src/elements/events.js';
import {serve} from '../../src/http/server.js';
import {createPlatform, openDatabase} from '../../src/platform/platform.js';
import {playwrightLaunchOptions} from '../browsers/chrome.mjs';
import {freePort} from '../helpers/http/free-port.js';
import {command, file} from '../helpers/proxy/command.js';

const README = readFileSync('README.md', 'utf8');

/** The block of code that begins with a text. */
function block(start: string): string {
  const at = README.indexOf(`\n${start}`);
  assert.ok(at > 0, `The README has a block that begins with ${start}`);
  return README.slice(at + 1, README.indexOf('\n```', at) + 1);
}

describe('the first page and the first proxy of the README', {timeout: 120_000}, () => {
  it('take a visitor into a room of the local platform', async t => {
    const platform = await openPlatform(t);
    const folder = await project(t);
    const site = await sitePort(t, join(folder, 'index.html'));
    const proxy = await freePort();
    const local = (text: string) =>
      text
        .replaceAll('127.0.0.1:8080', `127.0.0.1:${site}`)
        .replaceAll('127.0.0.1:8787', `127.0.0.1:${proxy}`)
        .replaceAll('127.0.0.1:4000', `127.0.0.1:${platform.port}`)
        .replaceAll('port: 8787', `port: ${proxy}`);
    const first = local(block('<!doctype html>'));
    await writeFile(join(folder, 'index.html'), first);
    await writeFile(join(folder, 'proxy.mjs'), local(block("import {serve} from '@hono/node-server'")));
    await startProxy(t, folder, proxy, platform.env);

    const browser = await chromium.launch(await playwrightLaunchOptions());
    t.after(() => browser.close());
    const page = await browser.newPage();
    const said: string[] = [];
    page.on('console', message => said.push(message.text()));
    page.on('pageerror', error => said.push(String(error)));
    await page.addInitScript(() => {
      document.addEventListener('room-token', event => {
        console.log(`serverUrl ${(event as RoomTokenEvent).detail.serverUrl}`);
      });
    });
    await page.goto(`http://127.0.0.1:${site}/`);
    await page.getByRole('option', {name: 'Lobby'}).click();
    await page.getByRole('button', {name: 'Get ready'}).click();
    await page.getByRole('textbox', {name: 'Your name'}).fill('Ann');
    await page.getByRole('button', {name: 'Join', exact: true}).click();
    await page.getByRole('button', {name: 'Leave'}).waitFor();
    assert.deepEqual(said.splice(0), [`serverUrl ws://127.0.0.1:${platform.port}/video/v2/session`]);

    const parts = local(block('<room-picker id="rooms"'));
    await writeFile(join(folder, 'index.html'), first.replace(/<green-room[^]*<\/green-room>/, parts));
    await page.goto(`http://127.0.0.1:${site}/`);
    await page.getByRole('option', {name: 'Lobby'}).click();
    const joined = page.waitForEvent('console', message => message.text() === 'joined');
    await page.getByRole('button', {name: 'Join'}).click();
    await joined;
    assert.deepEqual(said, [`serverUrl ws://127.0.0.1:${platform.port}/video/v2/session`, 'joined']);
  });
});

describe('the tests that the README gives to others', {timeout: 120_000}, () => {
  it('join a room with the proxy of a browser test', async t => {
    const site = await sitePort(
      t,
      await file(
        t,
        'index.html',
        `<!doctype html><html lang="en"><title>Shop</title><script src="/dist/greenroom.min.js" defer></script>
        <room-picker id="rooms" endpoint="/api"></room-picker><join-button for="rooms" user-name="Ann"></join-button><p></p>
        <script>
          document.addEventListener('room-token', ({detail}) => {
            if (detail.token === 'a-test-token') document.querySelector('p').textContent = 'You are in the lobby';
          });
        </script>`,
      ),
    );
    const browser = await chromium.launch(await playwrightLaunchOptions());
    t.after(() => browser.close());
    const page = await browser.newPage({baseURL: `http://127.0.0.1:${site}`});
    // The body of the test, with what Playwright's own runner gives to it.
    const [, body] = /async \(\{page\}\) => \{\n(.*)\n\}\);/s.exec(
      block("import {expect, test} from '@playwright/test'"),
    )!;
    const expect = (found: Locator) => ({toBeVisible: () => found.waitFor()});
    const module = await file(t, 'test.mjs', `export default async (page, expect) => {${body}\n};`);
    const {default: run} = (await import(module)) as {default: (...given: unknown[]) => Promise<void>};
    await run(page, expect);
  });

  it('get a token of a platform in memory', async t => {
    const place = await project(t);
    const text = block("import {createPlatform, openDatabase} from 'greenroom/platform';\nimport {tokenProxy}");
    await writeFile(join(place, 'memory.mjs'), text.replace(/ as \{token: string\}/, ''));
    const {token} = (await import(join(place, 'memory.mjs'))) as {token: string};
    assert.match(token, /^\S{20,}$/);
  });
});

/** A platform with the room that the README creates, and the variables that the README exports. */
async function openPlatform(t: TestContext) {
  const database = await openDatabase(':memory:');
  const platform = createPlatform({database});
  const served = await serve({fetch: platform.fetch, upgrade: platform.upgrade, port: 0});
  t.after(async () => {
    await Promise.all([served.close(), platform.close()]);
    await database.close();
  });
  const {id, key} = await platform.createApplication();
  const PLATFORM_URL = `${served.url}/video/v2`;
  const env = {PLATFORM_URL, APP_ID: id, APP_KEY: key};
  const [, args] = /npx greenroom (platform create-room .+)/.exec(README)!;
  const made = command(t, args!.split(' '), env);
  assert.equal(await made.ended, 0, made.told.err);
  return {port: served.port, env};
}

/** A project in which this package is installed, as it is built. */
async function project(t: TestContext): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'greenroom-readme-'));
  t.after(() => rm(folder, {recursive: true}));
  await mkdir(join(folder, 'node_modules'));
  await symlink(resolve('.'), join(folder, 'node_modules/greenroom'));
  await symlink(resolve('node_modules/@hono'), join(folder, 'node_modules/@hono'));
  return folder;
}

/** Serves a page, and the script beside it. */
async function sitePort(t: TestContext, page: string): Promise<number> {
  const server = createServer(({url}, response) => {
    const isPage = url === '/';
    if (!isPage && !url?.endsWith('.js')) return void response.writeHead(204).end();
    response.setHeader('content-type', isPage ? 'text/html' : 'text/javascript');
    response.end(readFileSync(isPage ? page : `dist/${url!.split('/dist/')[1]!}`));
  }).listen(0, '127.0.0.1');
  t.after(() => server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

/** Starts `proxy.mjs`, and returns once it takes requests. */
async function startProxy(t: TestContext, cwd: string, port: number, env: Record<string, string>) {
  const child = spawn(process.execPath, ['proxy.mjs'], {cwd, env, stdio: ['ignore', 'ignore', 'pipe']});
  let said = '';
  child.stderr.on('data', text => (said += text));
  const ended = once(child, 'close');
  t.after(() => child.kill() && ended);
  while (child.exitCode === null) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/rooms`).catch(() => undefined);
    if (answer) return;
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  throw new Error(`The proxy ended: ${said}`);
}

describe('what is written for people', () => {
  it('gives each custom property in the README the default that the styles have', () => {
    const files = ['src/elements', 'src/styles'].flatMap(folder => readdirSync(folder).map(file => join(folder, file)));
    const styles = files.map(file => readFileSync(file, 'utf8')).join('\n');
    const used = [...styles.matchAll(/var\((--room-[\w-]+), ((?:[^()]|\([^()]*\))*)\)/g)];
    const rows = [...README.matchAll(/^\| `(--room-[\w-]+)` .*\| `(.*)` +\|$/gm)];
    // A plain value for older browsers stands before the default.
    const sorted = (found: RegExpMatchArray[]) =>
      [...new Map(found.map(([, name, value]) => [name!, value!]))].map(pair => pair.join(': ')).sort();
    assert.deepEqual(sorted(rows), sorted(used));
  });

  it('names every script of package.json in CONTRIBUTING', () => {
    const {scripts} = JSON.parse(readFileSync('package.json', 'utf8')) as {scripts: Record<string, string>};
    const contributing = readFileSync('.github/CONTRIBUTING.md', 'utf8');
    const commands = Object.keys(scripts)
      .filter(name => !name.startsWith('pre'))
      .map(name => (name === 'test' ? '`npm test`' : `\`npm run ${name}\``));
    assert.deepEqual(
      commands.filter(command => !contributing.includes(command)),
      [],
    );
  });

  it('names in SECURITY only tests that exist', () => {
    const tests = [...readFileSync('.github/SECURITY.md', 'utf8').matchAll(/`([\w/-]+\.test\.ts)`/g)];
    assert.ok(tests.length > 50);
    assert.deepEqual(
      tests.filter(([, path]) => !existsSync(`test/${path}`)),
      [],
    );
  });

  for (const file of ['README.md', '.github/CONTRIBUTING.md', '.github/SECURITY.md', '.github/CHANGELOG.md']) {
    it(`${file} links only to files and headings that exist`, () => {
      const text = readFileSync(file, 'utf8');
      const anchors = anchorsOf(text);
      const links = [...text.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(([, link]) => link!);
      const works = (link: string) =>
        link.startsWith('#') ? anchors.includes(link) : existsSync(join(dirname(file), link));
      assert.deepEqual(
        links.filter(link => !works(link)),
        [],
      );
    });
  }

  for (const file of ['README.md', '.github/CONTRIBUTING.md']) {
    it(`${file} has every heading in its table of contents`, () => {
      const text = readFileSync(file, 'utf8');
      const [contents] = text.split('\n## ');
      assert.deepEqual(
        anchorsOf(text).filter(anchor => !contents!.includes(`(${anchor})`)),
        [],
      );
    });
  }
});

/** The anchors of the headings in a text, without its title. A line of code that begins with # is no heading. */
function anchorsOf(text: string): string[] {
  const headings = [...text.replace(/^```.*?^```/gms, '').matchAll(/^##+ (.*)$/gm)];
  return headings.map(
    ([, heading]) =>
      `#${heading!
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-')}`,
  );
}
