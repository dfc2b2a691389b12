import {existsSync} from 'node:fs';
import {fileURLToPath} from 'node:url';

/** The arguments of Node that run `greenroom`: the built command if there is one. */
export function greenroom(): string[] {
  const built = new URL('../../dist/cli.js', import.meta.url);
  const source = new URL('../../src/cli.ts', import.meta.url);
  return existsSync(built) ? [fileURLToPath(built)] : ['--import', import.meta.resolve('tsx'), fileURLToPath(source)];
}
