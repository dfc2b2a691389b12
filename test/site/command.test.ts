import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {describe, it} from 'node:test';
import {readSiteSettings, VARIABLES} from '../../src/site/environment.js';

const ENV = {SITE_ENDPOINT: 'https://api.example/rooms', PORT: '0'};

/** Starts the command; resolves with what it wrote when it ended, or when `until` is true of it. */
async function run(env: Record<string, string>, args: string[] = [], until?: (out: string) => boolean) {
  const child = spawn(process.execPath, ['--import', 'tsx', 'src/cli.ts', 'site', ...args], {
    env: {PATH: process.env.PATH, ...env},
  });
  let out = '';
  const ended = once(child, 'close');
  const reached = new Promise<void>(resolve => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        out += String(chunk);
        if (until?.(out)) resolve();
      });
    }
  });
  await Promise.race([ended, reached]);
  return {child, ended, out: () => out};
}

describe('greenroom site', {timeout: 120_000}, () => {
  it('serves its pages and its script, and drains when it is told to stop', async () => {
    const {child, ended, out} = await run(ENV, ['--drain', '60'], text => text.includes('Listening at'));
    const [url] = /http:\/\/[\d.]+:\d+/.exec(out())!;
    const [page, script, health, missing] = await Promise.all(
      ['/r/lobby', '/greenroom.min.js', '/healthz', '/../package.json'].map(path => fetch(`${url}${path}`)),
    );
    assert.equal(page!.status, 200);
    assert.match(await page!.text(), /<green-room endpoint="https:\/\/api.example\/rooms" room-id="lobby">/);
    assert.equal(script!.status, 200);
    assert.match(script!.headers.get('content-type')!, /^text\/javascript/);
    assert.deepEqual(await health!.json(), {status: 'ok'});
    assert.equal(missing!.status, 404);
    child.kill('SIGTERM');
    let draining = 200;
    while (draining === 200) draining = (await fetch(`${url}/healthz`)).status;
    assert.equal(draining, 503);
    assert.equal((await fetch(`${url}/`)).status, 200);
    // A second signal ends the wait.
    child.kill('SIGINT');
    const [code] = (await ended) as [number];
    assert.equal(code, 0);
  });

  it('says in one line each what is wrong, and does not start', async () => {
    const {ended, out} = await run({SITE_ACCENT: 'red}', SITE_HOME: 'no', PORT: 'x'});
    const [code] = (await ended) as [number];
    assert.equal(code, 1);
    for (const variable of ['SITE_ENDPOINT', 'SITE_ACCENT', 'SITE_HOME', 'PORT']) {
      assert.match(out(), new RegExp(`^${variable}: .+\\.$`, 'm'));
    }
    assert.doesNotMatch(out(), /\n {4}at /);
  });

  it('explains every variable', async () => {
    const {ended, out} = await run({}, ['--help']);
    await ended;
    for (const variable of Object.keys(VARIABLES)) assert.match(out(), new RegExp(`^  ${variable} `, 'm'));
  });

  it('reads every option from its variable', () => {
    const read = readSiteSettings({
      ...ENV,
      SITE_URL: 'https://meet.example',
      SITE_NAME: 'Meet',
      SITE_LANG: 'de',
      SITE_TIME_ZONE: 'Europe/Berlin',
      SITE_ON_ACCENT: '#fff',
      SITE_HOME: '0',
      SITE_PARENTS: 'https://a.example, https://b.example',
      SITE_PROVIDER: 'jitsi',
      SITE_SERVER_URL: 'https://meet.jit.si',
      SITE_CLIENT_ORIGINS: 'https://cdn.example',
    });
    assert.ok('settings' in read);
    const {site, hosts, port} = read.settings;
    assert.deepEqual([port, hosts], [0, ['meet.example']]);
    assert.equal(site.timeZone, 'Europe/Berlin');
    assert.deepEqual(site.colors, {'on-accent': '#fff'});
    assert.deepEqual([site.home, site.index], [false, false]);
    assert.deepEqual(site.parents, ['https://a.example', 'https://b.example']);
  });
});
