/**
 * What the elements need of a token proxy, and what must not be possible with one, asked over HTTP. Of ours unless told
 * of another, in whatever language:
 *
 *     PROXY_URL=https://shop.example/api PROXY_ORIGIN=https://shop.example PROXY_HEADERS='{"cookie":"session=…"}' \
 *       PROXY_ROOM=… PROXY_FOREIGN_ROOM=… npx tsx --test test/conformance/proxy.test.ts
 *
 * - `PROXY_URL`: what `/rooms` is below
 * - `PROXY_ORIGIN`: the origin of a page that may ask
 * - `PROXY_HEADERS`: headers by which a visitor is known who is not a moderator and manages no rooms, as JSON;
 *   `PROXY_GRANT`: the same for a grant, sent as `Authorization: Bearer`
 * - `PROXY_ROOM`: a room that visitor may join; best one with a SIP number, a billing code and data, to see them hidden
 * - `PROXY_FOREIGN_ROOM`: a room that exists and is out of their reach
 * - `PROXY_ROLE`: the role they ask for; `participant` unless told
 * - `PROXY_MODERATOR`, `PROXY_MANAGER`: headers of somebody who may be moderator there, and of somebody who makes rooms
 * - `PROXY_CREDENTIALS`: `id:key` at the platform; sent nowhere, and looked for in every answer
 * - `PROXY_GUESTS=1`: people without a sign-in are welcome
 * - `PROXY_LIMITS=1`: asks for up to a thousand tokens, to see that somebody says stop
 *
 * Each statement that fails says what is wrong and what to do. Run it against a proxy for tests, not while people use it:
 * where a limit is met it waits as long as it is told to.
 */
import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {describe, test} from 'node:test';
import './proxy-elements.js';
import './proxy-origins.js';
import './proxy-visitors.js';
import './proxy-requests.js';
import {answers, ask, must} from './proxy-client.js';
import {needs, proxy} from './proxy-target.js';

describe('it is safe: all that was answered', () => {
  test('no answer held the platform’s key', needs('credentials'), async () => {
    const {secrets} = await proxy();
    await ask('GET', '/rooms');
    for (const answer of answers) {
      const whole = JSON.stringify([...answer.headers]) + answer.text;
      const leaked = secrets.some(secret => whole.includes(secret));
      must(!leaked, `${answer.asked} was answered with the key.`, 'Change the key; answer nothing the platform sent.');
    }
  });
});

test('the suite stands alone: it imports nothing of what it asks', () => {
  const files = readdirSync(import.meta.dirname).filter(file => file.endsWith('.ts'));
  const from = /(?:\bfrom|\bimport)\s*\(?\s*['"]\.\.\/[^'"]*/g;
  const found = files.flatMap(file => readFileSync(`${import.meta.dirname}/${file}`, 'utf8').match(from) ?? []);
  assert.deepEqual(found, []);
});
