// One million visitors, each seen once, in a process of its own that can ask for its garbage to be collected.
import {memoryStore} from '../../../src/proxy/limits/memory-store.js';
import {createSeal} from '../../../src/proxy/limits/seal.js';

const store = memoryStore();
const seal = createSeal();
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
  const keys = await Promise.all(names.map(name => seal.hash(name)));
  for (const [at, key] of keys.entries()) {
    await store.take(key, rate);
    if (at % 10 > 0) continue;
    await store.claim(key, 'owner', 30_000);
    await store.settle(key, 'owner', 'x'.repeat(600), 30_000);
  }
  last = keys.at(-1)!;
}
const grown = heap() - start;
console.log(JSON.stringify({grown: Math.round(grown), kept: await store.take(last, rate)}));
