/**
 * Every numbered statement of the Rooms API, asked of a server over HTTP and WebSocket. Of ours unless told of another:
 *
 *     ROOMS_URL=http://127.0.0.1:4000/video/v2 ROOMS_APP_ID=… ROOMS_APP_KEY=… npx tsx --test test/conformance/*.test.ts
 *
 * - `ROOMS_APP_ID2`, `ROOMS_APP_KEY2`: a second application, to see that it stays out of the first one's rooms
 * - `ROOMS_CLOCK`: URL of a route for tests; `GET` tells the server's time as `{"now"}`, `PUT {"now"}` sets it
 * - `ROOMS_STRICT=0`: leaves out what no source settles, such as result numbers from 10201 on and HTTP statuses
 * - `ROOMS_SESSIONS=0`: leaves out what a token opens, for servers whose sessions speak another protocol
 * - `ROOMS_SLOW=1`: also waits the half minute in which a peer that vanished frees its seat, which no clock of a server
 *   can shorten; of our own, `test/platform/sessions/resume.test.ts` asks the same with timers that are moved by hand
 *
 * The statements are asked one after the other, in one process, since they share the server's clock. Rooms that the
 * server already has are left alone, and those made here are removed.
 */
import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {test} from 'node:test';
import './definitions.js';
import './rooms.js';
import './updates.js';
import './tokens.js';
import './admission.js';
import './users.js';
import './sessions.js';
import './resume.js';
import './wire.js';
import './hostile.js';
import './examples.js';

const numbered = (letter: string, last: number) => Array.from({length: last}, (_, index) => `${letter}${index + 1}`);

test('every statement is asked: R1 to R17, U1 to U6, T1 to T23', () => {
  const files = readdirSync(import.meta.dirname).filter(file => /^(?!proxy)[^]+\.ts$/.test(file));
  const text = files.map(file => readFileSync(`${import.meta.dirname}/${file}`, 'utf8')).join('');
  const asked = new Set([...text.matchAll(/\btest\(\s*'([RUT]\d+) /g)].map(([, statement]) => statement));
  const absent = [...numbered('R', 17), ...numbered('U', 6), ...numbered('T', 23)].filter(each => !asked.has(each));
  assert.deepEqual(absent, []);
});
