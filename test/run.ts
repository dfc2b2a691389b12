// Runs the tests and tells at the end what ran, how long each part took and how many tests passed.
//
//     npm test                   everything: lint, build, size, the elements in a browser, all tests in Node
//     npm run test:quick         what to run while you work: types, lint, the fast tests in Node, two elements
//     npm run test:node          all tests in Node; needs `npm run build`
//     npm run test:services      the servers once more, on DATABASE_URL and REDIS_URL; only files that use them
//     npm run test:engines       the video engines, beside the vendors' SDKs in the folder ENGINE_SDKS, and at the real
//                                engines that JANUS and LIVEKIT_SERVER name
//     npm run test:runtimes      the proxy in the runtimes that WORKERD, DENO, BUN, EXPRESS and FASTIFY name
//
// For one file: `npx tsx --test test/proxy/proxy.test.ts`, or `npm run test:elements -- --files <file>`.
import {spawn} from 'node:child_process';
import {once} from 'node:events';
import {relative, resolve} from 'node:path';
import {run, type EventData} from 'node:test';
import type {TestEvent} from 'node:test/reporters';
import {inspect} from 'node:util';
import {BUSY_BROWSER, ENGINES, IN_NODE, QUICK_IN_BROWSER, QUICK_IN_NODE, RUNTIMES, SERVICES} from './suites.js';

const SUITES: Record<string, () => Promise<unknown>> = {
  async all() {
    const build = command('build', 'npm run build');
    const queue = without(BUSY_BROWSER);
    const inBrowser = async () => {
      if (!(await build)) return;
      await command('size', 'node test/size.mjs');
      await command('elements', 'npm run test:elements');
      await lane([...BUSY_BROWSER]);
      await lane(queue);
    };
    const inNode = async () => {
      await command('lint', 'npm run lint');
      if (await build) await lane(queue);
    };
    await Promise.all([inBrowser(), inNode()]);
  },
  async quick() {
    const rest = async () => {
      await command('types and lint', 'npx tsc && npx oxlint --type-aware --deny-warnings');
      await command('elements', `npm run test:elements -- --files ${QUICK_IN_BROWSER.join(' ')}`);
    };
    await Promise.all([rest(), node(QUICK_IN_NODE, 2)]);
  },
  async node() {
    const queue = without(BUSY_BROWSER);
    await Promise.all([lane([...BUSY_BROWSER]).then(() => lane(queue)), lane(queue)]);
  },
  services: () => node(SERVICES, 2),
  runtimes: () => node(RUNTIMES),
  // One after the other: video beside other tests was late.
  engines: () => node(ENGINES),
};

/** The longest that one test file may take, in ms. */
const FILE_TIMEOUT = 300_000;

/** A row of the table at the end. */
interface Part {
  seconds: number;
  /** False after it failed for another reason than a test. */
  works: boolean;
  /** Absent where a part has no tests. */
  tests?: {passed: number; failed: number; skipped: number};
}

const parts: Record<string, Part> = {};
/** How many tests were skipped, by the reason that they gave. */
const skips: Record<string, number> = {};

const name = process.argv[2] ?? 'all';
const suite = SUITES[name];
if (!suite) {
  console.error(`There is no suite "${name}". Choose one of: ${Object.keys(SUITES).join(', ')}.`);
  process.exit(2);
}
const began = performance.now();
await suite();
summarize();

/** All tests in Node but these. */
function without(files: string[]) {
  return IN_NODE.filter(file => !files.includes(file));
}

/** Runs a command as a part. Prints its output when it ends, since another part may run beside it. */
async function command(name: string, line: string): Promise<boolean> {
  const began = performance.now();
  console.log(`▶ ${line}`);
  const child = spawn(line, {shell: true, stdio: ['ignore', 'pipe', 'pipe']});
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const [code] = (await once(child, 'close')) as [number | null];
  const seconds = (performance.now() - began) / 1000;
  const counts = /^Elements: (\d+) passed, (\d+) failed, (\d+) skipped$/m.exec(output)?.slice(1).map(Number);
  const [passed = 0, failed = 0, skipped = 0] = counts ?? [];
  parts[name] = {seconds, works: code === 0 || failed > 0, ...(counts && {tests: {passed, failed, skipped}})};
  console.log(`\n${code === 0 ? '✔' : '✖'} ${line} (${seconds.toFixed(1)} s)\n${output.trim()}\n`);
  return code === 0;
}

/** Runs test files of a queue, one after the other, until none is left. Lanes that share a queue run side by side. */
async function lane(queue: string[]) {
  for (let file = queue.shift(); file; file = queue.shift()) await node([file]);
}

/** Runs test files in Node, each in a process of its own. Each folder of test/ is a part. */
async function node(files: string[], concurrency = 1) {
  const events = run({
    files: files.map(file => resolve(file)),
    concurrency,
    timeout: FILE_TIMEOUT,
  }) as AsyncIterable<TestEvent>;
  const output: Record<string, string> = {};
  const titles: string[] = [];
  for await (const {type, data} of events) {
    if (type === 'test:stdout' || type === 'test:stderr') {
      output[data.file!] = (output[data.file!] ?? '') + data.message;
    }
    if (type === 'test:start') titles.splice(data.nesting, Infinity, data.name);
    if (type === 'test:pass' && data.details.type !== 'suite') passed(data);
    if (type === 'test:fail') failed(data, titles);
    // A file is a test, too, with its path as its name.
    if (type === 'test:complete' && data.name === data.file) fileEnded(data, output[data.file]);
  }
}

function passed({file, skip}: EventData.TestPass) {
  const counts = countsOf(file!);
  if (!skip) {
    counts.passed++;
    return;
  }
  counts.skipped++;
  skips[String(skip)] = (skips[String(skip)] ?? 0) + 1;
}

function failed({file, name, nesting, details}: EventData.TestFail, titles: string[]) {
  const error = details.error as EventData.Error & {failureType?: string};
  // A test inside it failed, and was counted.
  if (error.failureType === 'subtestsFailed') return;
  countsOf(file!).failed++;
  const title = [...titles.slice(0, nesting), name].join(' › ');
  console.log(`\n✖ ${relative('', file!)}: ${title}\n${inspect(error.cause)}\n`);
}

function fileEnded({file, details}: EventData.TestComplete, output = '') {
  const seconds = details.duration_ms / 1000;
  partOf(file!).seconds += seconds;
  console.log(`${details.passed ? '✔' : '✖'} ${relative('', file!)} (${seconds.toFixed(1)} s)`);
  if (!details.passed) console.log(output);
}

/** The part of the table for a test file. */
function partOf(file: string): Part {
  const [folder] = relative('test', file).split(/[\\/]/);
  return (parts[`test/${folder}`] ??= {seconds: 0, works: true, tests: {passed: 0, failed: 0, skipped: 0}});
}

function countsOf(file: string) {
  return partOf(file).tests!;
}

/** Prints the table, with the line of all tests last, and sets the exit code. */
function summarize() {
  const total = {passed: 0, failed: 0, skipped: 0};
  console.log(`\n${row('', 'seconds', ...Object.keys(total))}`);
  for (const [name, {seconds, tests, works}] of Object.entries(parts)) {
    if (tests) for (const key of ['passed', 'failed', 'skipped'] as const) total[key] += tests[key];
    const counts = tests ? Object.values(tests).map(String) : [];
    console.log(`${row(name, seconds.toFixed(1), ...counts)}${works ? '' : '  failed'}`);
    if (!works || tests?.failed) process.exitCode = 1;
  }
  for (const [reason, count] of Object.entries(skips)) console.log(`Skipped: ${count} (${reason})`);
  console.log(`All of it took ${((performance.now() - began) / 1000).toFixed(1)} s.\n`);
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
}

function row(name: string, ...cells: string[]) {
  return name.padEnd(20) + cells.map(cell => cell.padStart(10)).join('');
}
