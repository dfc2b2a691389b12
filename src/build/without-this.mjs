// TypeScript's helper for decorators begins with `(this && this.__decorate) ||`. In a module `this` is undefined, and
// Rollup warns its users of it. `npm run build` runs this file on what tsc wrote to dist.
import {readdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

const HELPER = /^(var (__\w+) = )\(this && this\.\2\) \|\| /gm;

for (const path of readdirSync('dist/elements')) {
  const file = join('dist/elements', path);
  if (!file.endsWith('.js')) continue;
  const code = readFileSync(file, 'utf8');
  // No mapping of the source map is in this line, so the map stays right.
  if (code.match(HELPER)) writeFileSync(file, code.replace(HELPER, '$1'));
}
