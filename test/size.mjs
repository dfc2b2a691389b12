// What a visitor downloads, per entry, minified and with everything it imports; fails above a budget. After a build.
import {readFileSync} from 'node:fs';
import {brotliCompressSync, gzipSync} from 'node:zlib';
import {build} from 'vite';

const BUDGETS = {
  'greenroom.min.js': 17_000,
  'room-picker.js': Infinity,
  'join-button.js': Infinity,
};

const bytes = {'greenroom.min.js': readFileSync('dist/greenroom.min.js')};
for (const element of ['room-picker', 'join-button']) {
  const lib = {
    entry: `src/elements/${element}.ts`,
    name: 'Greenroom',
    formats: ['iife'],
    fileName: () => `${element}.js`,
  };
  const [{output}] = await build({logLevel: 'error', build: {write: false, lib}});
  bytes[`${element}.js`] = Buffer.from(output.find(({type}) => type === 'chunk').code);
}

console.log(['entry', 'minified', 'gzip', 'brotli', 'budget'].map(word => word.padStart(17)).join(''));
for (const [entry, budget] of Object.entries(BUDGETS)) {
  const brotli = brotliCompressSync(bytes[entry]).length;
  const row = [
    entry,
    bytes[entry].length,
    gzipSync(bytes[entry], {level: 9}).length,
    brotli,
    Number.isFinite(budget) ? budget : '–',
  ];
  console.log(row.map(cell => String(cell).padStart(17)).join(''));
  if (brotli <= budget) continue;
  console.error(`${entry} is ${brotli - budget} bytes above its budget.`);
  process.exitCode = 1;
}
