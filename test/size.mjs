// What a visitor downloads, minified and with everything it imports. Run it after a build; it fails above a limit.
import {readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {brotliCompressSync, gzipSync} from 'node:zlib';
import {build} from 'vite';

const files = Object.keys(JSON.parse(readFileSync('dist/greenroom.integrity.json', 'utf8')));
const read = path => readFileSync(`dist/${path}`);
const isWords = path => path.includes('/locales/');

/** Each entry, the files a visitor gets for it, and the most they may weigh together (bytes, brotli). */
const entries = [
  // A page with the picker and the button, before it loads anything else. The goal is 27,500.
  ['greenroom.min.js', [read('greenroom.min.js')], 25_900],
  // With the elements that few pages need, in English. greenroom.min.mjs is the same code again.
  [
    'all elements',
    files.filter(path => path.endsWith('.js') && (!isWords(path) || /\/en\b/.test(path))).map(read),
    99_500,
  ],
  // An element that is loaded on demand, beside the script. What opens devices follows when a person turns one on.
  // The goal is 7,000.
  ['pre-join', withImports('define/pre-join.js').map(read), 6_600],
  ['with its devices', withImports('define/pre-join.js', 'devices.js').map(read)],
  // The call with the platform's client, beside the script.
  ['room-stage', withImports('define/room-stage.js', 'stage/mesh.js').map(read), 24_720],
  ['room-picker.js', await alone('room-picker')],
  ['join-button.js', await alone('join-button'), 20_600],
  ...['de', 'ja'].map(language => [
    `words: ${language}`,
    files.filter(path => path.endsWith(`/${language}.js`)).map(read),
  ]),
];

console.log(['entry', 'minified', 'gzip', 'brotli', 'limit'].map(word => word.padStart(17)).join(''));
for (const [entry, parts, limit = Infinity] of entries) {
  const sum = size => parts.map(size).reduce((all, bytes) => all + bytes, 0);
  const brotli = sum(part => brotliCompressSync(part).length);
  const row = [
    entry,
    sum(part => part.length),
    sum(part => gzipSync(part, {level: 9}).length),
    brotli,
    Number.isFinite(limit) ? limit : '–',
  ];
  console.log(row.map(cell => String(cell).padStart(17)).join(''));
  if (brotli <= limit) continue;
  console.error(`${entry} is ${brotli - limit} bytes above its limit.`);
  process.exitCode = 1;
}

/** Files that are loaded on demand, with those that they import at once. */
function withImports(...names) {
  const all = new Set(names.map(name => files.find(path => path.endsWith(`/${name}`))));
  for (const path of all) {
    for (const [, , imported] of String(read(path)).matchAll(/(\bfrom|;import)"(\.[^"]+)"/g))
      all.add(join(dirname(path), imported));
  }
  return [...all];
}

/** One element as a module, with everything it imports at once. */
async function alone(name) {
  const lib = {entry: `src/define/${name}.ts`, formats: ['es'], fileName: () => `${name}.js`};
  const [{output}] = await build({logLevel: 'error', build: {write: false, lib}});
  return output.filter(({type, isEntry}) => type === 'chunk' && isEntry).map(({code}) => Buffer.from(code));
}
