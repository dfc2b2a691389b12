import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {describe, it} from 'node:test';
import {APP, start} from '../helpers/platform/command.js';
import {command, environment, PAGE, platform} from '../helpers/proxy/command.js';

/** Makes 1,500 requests, whose lines are more than a pipe holds. */
async function busy(url: string, headers: Record<string, string>) {
  for (let round = 0; round < 30; round++) {
    const answers = await Promise.all(Array.from({length: 50}, () => fetch(url, {headers})));
    await Promise.all(answers.map(answer => answer.arrayBuffer()));
  }
}

describe('a log that nobody reads', () => {
  it('does not stop the proxy, nor keep it from stopping', async t => {
    const {url} = await platform(t);
    const env = {LIMITS_READS_IP: '100000/60', MOUNT: ''};
    const {child, ended, until} = command(t, ['proxy', '--drain', '0'], environment(url, env));
    const [, base] = await until(/Listening at (http:[^"]+)/);
    child.stdout.pause();
    await busy(`${base}/rooms`, PAGE);
    assert.equal((await fetch(`${base}/healthz`)).status, 200);
    child.kill('SIGTERM');
    await once(child, 'exit');
    child.stdout.resume();
    assert.equal(await ended, 0);
  });

  it('does not stop the platform, nor keep it from stopping', async t => {
    const {child, ended, origin} = await start(t, ':memory:', [], APP);
    child.stderr.pause();
    await busy(`${origin}/video/v2/rooms`, {});
    assert.equal((await fetch(`${origin}/healthz`)).status, 200);
    child.kill('SIGTERM');
    await once(child, 'exit');
    child.stderr.resume();
    assert.equal(await ended, 0);
  });

  it('loses lines above 1 MiB, and says how many once somebody reads again', async t => {
    const program = `
      import {logStream} from './src/http/log-stream.ts';
      const log = logStream(process.stdout);
      for (let n = 0; n < 20_000; n++) log.write('x'.repeat(99) + '\\n');
      process.stderr.write('written');`;
    const args = ['--import', 'tsx', '--input-type=module', '--eval', program];
    const child = spawn(process.execPath, args);
    t.after(() => child.kill('SIGKILL'));
    await once(child.stderr, 'data');
    let text = '';
    for await (const chunk of child.stdout) text += String(chunk);
    const lines = text.trimEnd().split('\n');
    const {message} = JSON.parse(lines.at(-1)!) as {message: string};
    const [, dropped] = /^(\d+) lines of the log were dropped/.exec(message)!;
    assert.equal(lines.length - 1 + Number(dropped), 20_000);
    assert.ok(text.length < 2 * 1024 * 1024);
  });

  it('whose reader has gone does not end the proxy', async t => {
    const {url} = await platform(t);
    const {child, until} = command(t, ['proxy', '--drain', '0'], environment(url, {MOUNT: ''}));
    const [, base] = await until(/Listening at (http:[^"]+)/);
    child.stdout.destroy();
    for (let n = 0; n < 5; n++) assert.equal((await fetch(`${base}/rooms`, {headers: PAGE})).status, 200);
  });
});
