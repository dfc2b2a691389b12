// Which test files belong to which suite. A new file joins the suites of its folder by itself.
import {existsSync, readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';

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

/** Tests of the servers that use a database, what stands in front of a server, or a language that signs grants. */
export const SERVICES = inFolders('platform', 'conformance', 'proxy', 'upstream').filter(file =>
  names(file, /\b(DATABASE_URL|REDIS_URL|REDIS_SERVER|HAPROXY|NGINX|PGBOUNCER|php|python3)\b/),
);

/** Tests of the proxy in other runtimes than Node. */
export const RUNTIMES = inFolders('runtimes');

/** Tests of the video engines that use a database, the vendors' SDKs in `ENGINE_SDKS`, or a real engine. */
export const ENGINES = inFolders('engines').filter(file =>
  names(file, /\b(DATABASE_URL|ENGINE_SDKS|JANUS|COTURN|LIVEKIT_SERVER)\b/),
);

/** For the inner loop, together a minute. It leaves out faults, real engines, and files that take longer than a few seconds. */
export const QUICK_IN_BROWSER = ['test/elements/join-button.test.ts', 'test/elements/room-picker.test.ts'];
const SLOW = [
  'test/engines/bytes.test.ts',
  'test/engines/canary.test.ts',
  'test/engines/clients.test.ts',
  'test/engines/conformance.test.ts',
  'test/engines/demo.test.ts',
  'test/engines/faults.test.ts',
  'test/engines/node/environment.test.ts',
  'test/engines/openapi.test.ts',
  'test/engines/sdks.test.ts',
  'test/engines/trouble.test.ts',
  'test/http/log-stream.test.ts',
  'test/platform/command.test.ts',
  'test/platform/create-room.test.ts',
  'test/platform/database/database.test.ts',
  'test/platform/fuzz.test.ts',
  'test/platform/openapi.test.ts',
  'test/platform/refusals.test.ts',
  'test/platform/sessions/cluster.test.ts',
  'test/platform/sessions/resume.test.ts',
  'test/platform/webhooks.test.ts',
  'test/proxy/canary.test.ts',
  'test/proxy/limits/store.test.ts',
  'test/proxy/node/command.test.ts',
  'test/proxy/node/doctor/doctor.test.ts',
  'test/proxy/node/grant.test.ts',
  'test/proxy/node/slow-clients.test.ts',
  'test/proxy/threats.test.ts',
  'test/proxy/visitor/bodies.test.ts',
  'test/proxy/visitor/people.test.ts',
  'test/upstream/circuit-breaker.test.ts',
  'test/upstream/faults.test.ts',
  'test/upstream/flow.test.ts',
];
export const QUICK_IN_NODE = inFolders('rooms', 'http', 'upstream', 'stage', 'engines', 'proxy', 'platform').filter(
  file => !SLOW.includes(file) && !/\/(faults|real)\//.test(file),
);

function inFolders(...folders: string[]) {
  return IN_NODE.filter(file => folders.includes(file.split('/')[1]!));
}

/** Whether a test file names one of these, or a file of `test` that it imports does. The others run in `npm test` alone. */
function names(file: string, wanted: RegExp, seen = new Set<string>()): boolean {
  if (seen.has(file)) return false;
  seen.add(file);
  const text = readFileSync(file, 'utf8');
  if (wanted.test(text)) return true;
  const imports = [...text.matchAll(/\b(?:from|import) ?\(?'(\.[^']*)'/g)].map(([, path]) =>
    join(file, '..', path!).replaceAll('\\', '/').replace(/\.js$/, '.ts'),
  );
  return imports.some(path => path.startsWith('test/') && existsSync(path) && names(path, wanted, seen));
}
