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

/** Tests in Node that drive a browser, which keeps more than one core busy: they run one at a time. */
export const DRIVE_A_BROWSER = inFolders('e2e');

/** Tests of the servers, which use Postgres and Redis where there are any. */
export const SERVICES = inFolders('platform', 'conformance', 'proxy', 'upstream');

/** Tests of the proxy in other runtimes than Node. */
export const RUNTIMES = inFolders('runtimes');

/** What to run while one works: all of these together take less than a minute. */
export const QUICK_IN_NODE = inFolders('rooms', 'http', 'upstream');
export const QUICK_IN_BROWSER = ['test/elements/join-button.test.ts', 'test/elements/room-picker.test.ts'];

function inFolders(...folders: string[]) {
  return IN_NODE.filter(file => folders.includes(file.split('/')[1]!));
}
