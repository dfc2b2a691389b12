import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {mkdtemp, readdir, readFile, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join as path} from 'node:path';
import {describe, it} from 'node:test';
import {promisify} from 'node:util';
import type {Page} from 'playwright-core';
import {tellShifts} from '../helpers/e2e/demo.js';
import {useSite} from '../helpers/e2e/embed.js';

const run = promisify(execFile);
const bin = (name: string) => `node_modules/.bin/${name}`;

/** Each example, and the command that checks its types. */
const APPS: [app: string, checker: string, options: string[]][] = [
  ['react', 'tsc', ['-p', 'demo/frameworks/react']],
  ['vue', 'vue-tsc', ['-p', 'demo/frameworks/vue']],
  ['svelte', 'svelte-check', ['--workspace', 'demo/frameworks/svelte', '--tsconfig', './tsconfig.json']],
  ['plain', 'tsc', ['-p', 'demo/frameworks/plain']],
];

const TYPES: Record<string, string> = {html: 'text/html', js: 'text/javascript', css: 'text/css'};

describe('the example for', () => {
  const site = useSite();

  /** Builds an example with its own tool, for development, and serves it. */
  async function build(app: string) {
    const folder = await mkdtemp(path(tmpdir(), 'greenroom-app-'));
    try {
      // React mounts twice in development only.
      const env = {...process.env, NODE_ENV: 'development'};
      await run(bin('vite'), ['build', `demo/frameworks/${app}`, '--outDir', folder, '--emptyOutDir'], {env});
      for (const file of await readdir(folder, {recursive: true})) {
        const type = TYPES[file.split('.').at(-1)!];
        if (!type) continue;
        site.serve(`/${app}/${file}`, await readFile(path(folder, file), 'utf8'), {'content-type': type});
      }
    } finally {
      await rm(folder, {recursive: true});
    }
  }

  for (const [app, checker, options] of APPS) {
    it(`${app} passes ${checker}`, async () => {
      await assert.doesNotReject(run(bin(checker), options));
    });

    it(`${app} gets one token for each double click, also after it is mounted again, and moves nothing`, async () => {
      await build(app);
      const page = await site.browser.newPage();
      const complaints: string[] = [];
      page.on('pageerror', error => complaints.push(error.message));
      page.on('console', message => message.type() === 'error' && complaints.push(message.text()));
      let asked = 0;
      page.on('request', request => request.url().endsWith('/tokens') && request.method() === 'POST' && asked++);
      await tellShifts(page);
      await page.goto(`${site.origin}/${app}/index.html`);

      await enter(page);
      await page.getByText('Tokens: Lobby', {exact: true}).waitFor();
      assert.equal(asked, 1);

      await page.getByRole('button', {name: 'Leave the lounge'}).click();
      await page.locator('room-picker').waitFor({state: 'detached'});
      await page.getByRole('button', {name: 'Enter the lounge'}).click();
      await enter(page);
      await page.getByText('Tokens: Lobby, Lobby', {exact: true}).waitFor();
      assert.equal(asked, 2);

      if (app === 'react') {
        const mounts = await page.evaluate(() => performance.getEntriesByName('mounted').length);
        assert.equal(mounts, 4, 'StrictMode mounts twice');
      }
      assert.deepEqual(complaints, []);
    });
  }
});

/** Chooses the room and double-clicks on the button. */
async function enter(page: Page) {
  await page.getByRole('option', {name: 'Lobby'}).click();
  await page.getByRole('button', {name: 'Join'}).dblclick();
}
