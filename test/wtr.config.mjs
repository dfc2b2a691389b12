// The elements in a real browser: `tsx` runs it, so that the servers behind the tests may be TypeScript.
import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {chromeLauncher} from '@web/test-runner-chrome';
import {transformWithOxc} from 'vite';
import {backstage} from './backstage.ts';
import {chromeLaunchOptions} from './browser.mjs';

export default {
  rootDir: process.cwd(),
  files: 'test/elements/*.test.ts',
  nodeResolve: {exportConditions: ['production', 'default']},
  plugins: [typescript(), backstage()],
  browsers: [chromeLauncher({launchOptions: await chromeLaunchOptions()})],
  // One page at a time has the keyboard.
  concurrency: 1,
  // The first accessibility check of a page reads all of axe, and a test may wait for a room to open.
  testFramework: {config: {timeout: 40_000}},
};

/** TypeScript by the compiler that the build uses. */
function typescript() {
  const isTs = path => path.endsWith('.ts');
  let rootDir;
  const fileOf = path => join(rootDir, decodeURIComponent(path));
  return {
    name: 'typescript',
    serverStart({config}) {
      ({rootDir} = config);
    },
    resolveMimeType: ({path}) => (isTs(path) ? 'js' : undefined),
    // './x.js' in a .ts file means './x.ts'.
    resolveImport({source, context}) {
      if (!isTs(context.path) || !/^\.{1,2}\/.*\.js$/.test(source)) return undefined;
      const ts = source.replace(/\.js$/, '.ts');
      return existsSync(join(dirname(fileOf(context.path)), ts)) ? ts : undefined;
    },
    async transform({path, body}) {
      if (!isTs(path)) return undefined;
      const {code, map} = await transformWithOxc(body, fileOf(path), {lang: 'ts', target: 'es2022', sourcemap: true});
      const inline = Buffer.from(JSON.stringify(map)).toString('base64');
      return `${code}\n//# sourceMappingURL=data:application/json;base64,${inline}`;
    },
  };
}
