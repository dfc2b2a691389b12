// One million visitors, each seen once, in a process of its own that can ask for its garbage to be collected.
import {memoryOf} from '../../../src/proxy/limits/shared-store.js';

const {here, secrets} = memoryOf({});
const rate = {capacity: 1, per: 3_600_000};
const heap = () => {
  globalThis.gc!();
  return process.memoryUsage().heapUsed / 2 ** 20;
};

const start = heap();
const COUNT = 1_000_000;
const BATCH = 1_000;
let last = '';
for (let from = 0; from < COUNT; from += BATCH) {
  const names = Array.from({length: BATCH}, (_, at) => `tokens visitor ${'x'.repeat(150)}${from + at}`);
  const keys = await Promise.all(names.map(async name => secrets.hashed(name)));
  for (const [at, key] of keys.entries()) {
    await here.take(key, rate);
    if (at % 10 > 0) continue;
    await here.claim(key, 'owner', 30_000);
    await here.settle(key, 'owner', 'x'.repeat(600), 30_000);
  }
  last = keys.at(-1)!;
}
const grown = heap() - start;
console.log(JSON.stringify({grown: Math.round(grown), kept: await here.take(last, rate)}));
