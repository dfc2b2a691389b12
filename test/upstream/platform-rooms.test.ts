import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {test} from 'node:test';
import {promisify} from 'node:util';

/** A module that makes the files that read refusals come later than a page would wait for them. */
const SLOW = `
import {register} from 'node:module';
register('data:text/javascript,' + encodeURIComponent(\`
export async function load(url, context, next) {
  if (/rooms\\\\/(failure|meaning)\\\\./.test(url)) await new Promise(done => setTimeout(done, 1500));
  return next(url, context);
}\`));
`;
const REFUSED = `
import {platformRooms} from './src/upstream/platform-rooms.ts';
const text = JSON.stringify({result: 10019, error: '[Reason] Invalid Value: settings.mode'});
const exchange = async () => ({status: 400, headers: new Headers(), text});
const error = await platformRooms({endpoint: 'http://127.0.0.1/v2', exchange}).get('lobby').catch(error => error);
console.log(JSON.stringify([error.code, error.result, error.key, error.message]));
`;

test('a refusal of the platform keeps its meaning on a slow machine', async () => {
  const slow = `data:text/javascript,${encodeURIComponent(SLOW)}`;
  const args = ['--import', 'tsx', '--import', slow, '--input-type=module', '--eval', REFUSED];
  const {stdout} = await promisify(execFile)(process.execPath, args);
  const expected = ['invalid', 10019, 'settings.mode', 'Invalid Value: settings.mode'];
  assert.deepEqual(JSON.parse(stdout), expected);
});
