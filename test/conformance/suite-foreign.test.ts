/**
 * Runs the suite against a server that is not ours: it has other numbers where the documented platform has none, and other
 * HTTP statuses. It is our platform behind a connection that rewrites its answers.
 */
import assert from 'node:assert/strict';
import {once} from 'node:events';
import {mkdtemp, rm} from 'node:fs/promises';
import {connect, createServer, type AddressInfo} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, describe, it} from 'node:test';
import {runSuite} from './run-suite.js';
import {startOurs} from './target.js';

const APP = {APP_ID: 'foreign', APP_KEY: 'foreign-key'};

/** Every refusal has the status 200, and no number that this project chose. The length stays, so headers stay true. */
const foreign = (answer: string) =>
  answer.replace(/^HTTP\/1\.1 [45]\d\d [^\r]*/, 'HTTP/1.1 200 OK').replace(/"result":19(?=\d{3}\b)/g, '"result":29');

describe('the suite for the Rooms API, against a server with numbers and statuses of its own', () => {
  let folder: string;
  let platform: Awaited<ReturnType<typeof startOurs>>;
  const server = createServer(client => {
    const upstream = connect(Number(new URL(platform.origin).port), '127.0.0.1');
    client.pipe(upstream);
    upstream.on('data', data => client.write(foreign(data.toString('latin1')), 'latin1'));
    upstream.on('end', () => client.end());
    for (const [one, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
    }
  });

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'greenroom-foreign-'));
    const args = ['platform', '--port', '0', '--database', join(folder, 'rooms.db'), '--test-clock'];
    platform = await startOurs(args, APP);
    await once(server.listen(0, '127.0.0.1'), 'listening');
  });
  after(async () => {
    server.close();
    await platform.stop();
    await rm(folder, {recursive: true});
  });

  /** Runs the suite without or with `ROOMS_STRICT`. */
  function suite(strict: '0' | '1') {
    const {port} = server.address() as AddressInfo;
    return runSuite({
      ROOMS_URL: `http://127.0.0.1:${port}/video/v2`,
      ROOMS_APP_ID: APP.APP_ID,
      ROOMS_APP_KEY: APP.APP_KEY,
      ROOMS_CLOCK: `${platform.origin}/test/clock`,
      ROOMS_SESSIONS: '0',
      ROOMS_STRICT: strict,
    });
  }

  it('passes, since a client reads the same from it', async () => {
    const {code, failed, passed} = await suite('0');
    assert.deepEqual(failed, []);
    assert.equal(code, 0);
    assert.ok(passed > 50, `${passed} tests passed`);
  });

  it('fails with ROOMS_STRICT=1, which compares numbers and statuses', async () => {
    const {failed} = await suite('1');
    assert.ok(
      failed.some(title => title.startsWith('every refusal has a fitting status')),
      failed.join('\n'),
    );
  });
});
