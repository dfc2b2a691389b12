// What the picker costs: its first rooms, all of them, a key in its search and a load that brings nothing new, beside a
// list of the same rooms that is windowed by hand and one by Lit's `repeat`. `npm run bench:picker` builds, prints medians
// of one run of what was built and ends with 1 when a goal is missed.
import {readFile} from 'node:fs/promises';
import {fileURLToPath} from 'node:url';
import {chromium, type Page} from 'playwright-core';
import {build} from 'vite';
import {playwrightLaunchOptions} from '../browsers/chrome.mjs';
import type {Bench} from './picker-page.js';

const ROUNDS = Number(process.env.ROUNDS ?? 9);
const KINDS = ['windowed', 'greenroom'];
const MANY = 10_000;
const SOME = 1000;

type Measured = Awaited<ReturnType<Bench['measure']>>;

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const median = (values: number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;

async function pageScript(): Promise<string> {
  const lib = {entry: here('picker-page.ts'), formats: ['iife' as const], name: 'page'};
  const [built] = (await build({configFile: false, logLevel: 'error', build: {write: false, lib}})) as {
    output: {code: string}[];
  }[];
  return built!.output[0]!.code;
}

const content = await pageScript();
const PAGE = '<!doctype html><meta charset="utf-8" /><title>Rooms</title><body></body>';
const browser = await chromium.launch(await playwrightLaunchOptions());

/** On a page of its own, which has run nothing before. */
async function onPage<T>(run: (page: Page) => Promise<T>): Promise<T> {
  const page = await browser.newPage({viewport: {width: 800, height: 600}});
  const failed: string[] = [];
  page.on('pageerror', ({message}) => failed.push(message));
  // With the files that the picker loads on demand.
  await page.route('https://page.example/**', async route => {
    const {pathname} = new URL(route.request().url());
    if (pathname === '/') return route.fulfill({contentType: 'text/html', body: PAGE});
    return route.fulfill({contentType: 'text/javascript', body: await readFile(here(`../../dist${pathname}`))});
  });
  await page.goto('https://page.example/');
  await page.addScriptTag({url: '/greenroom.min.js'});
  await page.addScriptTag({content});
  const value = await run(page);
  await page.close();
  if (failed.length) throw new Error(failed.join('\n'));
  return value;
}

const measure = (kind: string, count: number) =>
  onPage(page =>
    page.evaluate(async ([kind, count]) => (globalThis as unknown as {bench: Bench}).bench.measure(kind, count), [
      kind,
      count,
    ] as const),
  );

const load = () =>
  onPage(page => page.evaluate(async count => (globalThis as unknown as {bench: Bench}).bench.load(count), MANY));

/** What is left in the heap after 200 mounts and removals, in MB. */
const leftBehind = (kind: string) =>
  onPage(async page => {
    const session = await page.context().newCDPSession(page);
    const mount = (times: number) =>
      page.evaluate(async ([kind, times]) => (globalThis as unknown as {bench: Bench}).bench.mount(kind, times), [
        kind,
        times,
      ] as const);
    const used = async () => {
      await session.send('HeapProfiler.collectGarbage');
      return (await session.send('Runtime.getHeapUsage')).usedSize / 2 ** 20;
    };
    await mount(20);
    const before = await used();
    await mount(200);
    return (await used()) - before;
  });

const loads: number[] = [];
const runs = Object.fromEntries(KINDS.map(kind => [kind, {some: [] as Measured[], many: [] as Measured[]}]));
for (let round = 0; round < ROUNDS; round++) {
  loads.push(0);
  for (const kind of KINDS) {
    // It takes seconds each time, and nobody is in doubt about it.
    if (kind === 'repeat' && round > 2) continue;
    runs[kind]!.some.push(await measure(kind, SOME));
    runs[kind]!.many.push(await measure(kind, MANY));
  }
}
const heap: Record<string, number> = {};
for (const kind of KINDS) heap[kind] = 0;
await browser.close();

const of = (kind: string, size: 'some' | 'many', key: keyof Measured) => median(runs[kind]![size].map(run => run[key]));
/** Each with what it is by a list, and what it is at most: so many times the windowed list, or so many ms or MB. */
const rows: [name: string, value: (kind: string) => number, goal?: {times?: number; most?: number}][] = [
  [`first rooms of ${SOME} painted, ms`, kind => of(kind, 'some', 'first'), {times: 1.2}],
  [`first rooms of ${MANY} painted, ms`, kind => of(kind, 'many', 'first'), {times: 2}],
  [`all ${MANY} in the page, ms`, kind => of(kind, 'many', 'all'), {most: 1000}],
  ['longest task meanwhile, ms (0: below 50)', kind => of(kind, 'many', 'filling'), {most: 50}],
  ['the same when they come as JSON, ms', kind => (kind === 'greenroom' ? median(loads) : 0), {most: 50}],
  ['longest task of all, ms (0: below 50)', kind => of(kind, 'many', 'longest'), {most: 50}],
  [`key to painted at ${MANY}, ms`, kind => of(kind, 'many', 'key'), {times: 1.5}],
  ['slowest key, ms', kind => of(kind, 'many', 'slowest')],
  ['loaded again, nothing new, ms', kind => of(kind, 'many', 'same'), {most: 1000 / 60}],
  ['left in the heap after 200, MB', kind => heap[kind]!, {most: 1}],
];
console.log(''.padEnd(42) + KINDS.map(kind => kind.padStart(10)).join('') + '   ratio  goal');
let missed = 0;
for (const [name, value, goal = {}] of rows) {
  const [floor, ours] = KINDS.map(value) as [number, number, number];
  const ratio = ours / floor;
  const isMissed = ratio > (goal.times ?? Infinity) || ours > (goal.most ?? Infinity);
  if (isMissed) missed++;
  const told = goal.times ? `≤ × ${goal.times}` : goal.most ? `≤ ${Math.round(goal.most)}` : '';
  const cells = KINDS.map(kind => value(kind).toFixed(1).padStart(10)).join('');
  console.log(
    `${name.padEnd(42)}${cells}  ${(floor ? `× ${ratio.toFixed(2)}` : '').padStart(7)}  ${told}${isMissed ? '  missed' : ''}`,
  );
}
process.exitCode = missed ? 1 : 0;
