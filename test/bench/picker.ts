// How fast <room-picker> is beside a list that holds only what is seen, written by hand, and beside Lit's `repeat`, all
// three in turn in one browser. `npm run bench:picker`, with `ROUNDS=9` for more.
import puppeteer, {type Page} from 'puppeteer-core';
import {build, type Rollup} from 'vite';
import {chromeLaunchOptions} from '../browser.mjs';
import type {Kind, Measures} from './picker-page.js';

const ROUNDS = Number(process.env.ROUNDS ?? 5);
const KINDS: Kind[] = ['windowed', 'picker', 'repeat'];
const PAGE = `<!doctype html><style>
  body { font: 1rem/1.4 system-ui, sans-serif }
  .list { block-size: 20rem; overflow: auto; position: relative }
  ul { list-style: none; padding: 0; margin: 0 }
  .list li { display: grid; min-block-size: 60px; box-sizing: border-box; padding: 8px 12px }
</style>`;

const lib = {entry: 'test/bench/picker-page.ts', name: 'page', formats: ['iife' as const]};
const [built] = (await build({logLevel: 'error', build: {write: false, lib}})) as Rollup.RollupOutput[];
const script = built!.output[0].code;

const cell = (value: string | number, at: number) => String(value).padStart(at ? 16 : 10);

const browser = await puppeteer.launch(await chromeLaunchOptions());
try {
  for (const count of [1000, 10_000]) {
    const results: Record<Kind, Measures[]> = {windowed: [], picker: [], repeat: []};
    for (let round = 0; round < ROUNDS; round++) {
      for (const kind of KINDS)
        results[kind].push(await fresh(page => page.evaluate(`bench.measure('${kind}', ${count})`)));
    }
    print(count, results);
  }
  console.log(`\nHeap after 200 mounts and removals: ${await heap()}`);
} finally {
  await browser.close();
}

/** In a page of its own: nothing is compiled, cached or collected for another. */
async function fresh<T>(run: (page: Page) => Promise<unknown>): Promise<T> {
  const page = await browser.newPage();
  await page.setContent(PAGE);
  await page.addScriptTag({content: script});
  // What the first use of anything costs is paid by no list.
  await page.evaluate(
    `bench.measure('windowed', 50).then(() => bench.measure('picker', 50)).then(() => bench.measure('repeat', 50))`,
  );
  const result = (await run(page)) as T;
  await page.close();
  return result;
}

function print(count: number, results: Record<Kind, Measures[]>) {
  const of = (kind: Kind, key: keyof Measures) => {
    const sorted = results[kind].map(each => each[key]).sort((a, b) => a - b);
    return sorted[Math.floor(sorted.length / 2)]!;
  };
  console.log(`\n${count.toLocaleString('en')} rooms, ms (× the windowed list), medians of ${ROUNDS}`);
  console.log(
    ['', 'first painted', 'key → painted', 'same again', 'all there', 'rows', 'longest task'].map(cell).join(''),
  );
  for (const kind of KINDS) {
    const ratio = (key: keyof Measures) =>
      `${of(kind, key).toFixed(1)} (${(of(kind, key) / of('windowed', key)).toFixed(2)})`;
    const longest = Math.max(...results[kind].map(({longest}) => longest));
    console.log(
      [
        kind,
        ratio('painted'),
        ratio('key'),
        of(kind, 'refresh').toFixed(1),
        of(kind, 'complete').toFixed(0),
        of(kind, 'rows'),
        longest || '< 50',
      ]
        .map(cell)
        .join(''),
    );
  }
}

async function heap(): Promise<string> {
  return fresh(async page => {
    const devtools = await page.createCDPSession();
    const used = async () => {
      await devtools.send('HeapProfiler.collectGarbage');
      return (await devtools.send('Runtime.getHeapUsage')).usedSize;
    };
    const mounts = (times: number) =>
      page.evaluate(`(async () => { for (let at = 0; at < ${times}; at++) await bench.mountAndRemove(500); })()`);
    await mounts(10);
    const before = await used();
    await mounts(200);
    return `${((await used()) - before) / 1000} KB more`;
  });
}
