// Which test files belong to which suite. A new test file belongs to its folder's suite; nothing needs to be listed.
import {readdirSync} from 'node:fs';

const all = readdirSync('test', {recursive: true, encoding: 'utf8'})
  .map(path => `test/${path.replaceAll('\\', '/')}`)
  .filter(path => path.endsWith('.test.ts'))
  .sort();

/** Tests of the elements, which run in a page of the browser. */
export const IN_BROWSER = all.filter(file => /^test\/elements\/(?!.*\.node\.)/.test(file));

/** All other tests. */
export const IN_NODE = all.filter(file => !IN_BROWSER.includes(file));

/** Tests in Node that keep a browser busy: several pages at once, video, or every state of every element. */
export const BUSY_BROWSER = IN_NODE.filter(file =>
  /^test\/e2e\/(arriving|demo|gallery|picker|threats|ways)/.test(file),
);

/** Tests of the servers, which use Postgres and Redis where there are any. */
export const SERVICES = inFolders('platform', 'conformance', 'proxy', 'upstream');

/** Tests of the proxy in other runtimes than Node. */
export const RUNTIMES = inFolders('runtimes');

/** For the inner loop: none of these takes longer than a few seconds, and all of them take less than a minute. */
export const QUICK_IN_BROWSER = ['test/elements/join-button.test.ts', 'test/elements/room-picker.test.ts'];
const SLOW = [
  'platform/(command|fuzz|openapi|refusals|sessions/cluster|sessions/resume)',
  'proxy/(canary|threats|limits/store|node/command|node/doctor|node/grant|node/slow-clients|visitor/bodies)',
  'upstream/(circuit-breaker|faults|flow)',
].map(path => new RegExp(`^test/${path}\\.test`));
export const QUICK_IN_NODE = inFolders('rooms', 'http', 'upstream', 'proxy', 'platform').filter(
  file => !SLOW.some(path => path.test(file)),
);

function inFolders(...folders: string[]) {
  return IN_NODE.filter(file => folders.includes(file.split('/')[1]!));
}
