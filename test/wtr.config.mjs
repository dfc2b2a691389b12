// The elements in a real browser, as users of the package run them: src and whole libraries, and of the build only the
// compiler. `tsx` runs this file, so that the servers behind the tests may be TypeScript. BROWSER is `chromium` (the
// default), `firefox` or `webkit`.
import {existsSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {defaultReporter} from '@web/test-runner';
import ts from 'typescript';
import {backstage} from './helpers/backstage.ts';
import {strictPages} from './helpers/strict.ts';
import {IN_BROWSER} from './suites.ts';

// A browser's launcher listens to this signal, and then Node no longer ends by itself.
process.once('SIGTERM', () => process.exit(143));

const browser = await import(`./browsers/${process.env.BROWSER ?? 'chromium'}.mjs`);

export default {
  rootDir: process.cwd(),
  files: IN_BROWSER,
  nodeResolve: {exportConditions: ['production', 'default']},
  middleware: [strictPages],
  plugins: [typescript(), backstage(), browserCommands()],
  browsers: [await browser.launch()],
  reporters: [defaultReporter(), counts()],
  // One page at a time has the keyboard.
  concurrency: 1,
  // The first accessibility check of a page reads all of axe, and a test may wait for a room to open.
  testFramework: {config: {timeout: 40_000}},
  browserStartTimeout: 60_000,
  testsFinishTimeout: 600_000,
};

/** Commands that @web/test-runner-commands lacks, or lacks for some of the browsers. */
function browserCommands() {
  return {
    name: 'browser',
    async executeCommand({command, payload, session}) {
      if (!command.startsWith('browser:')) return undefined;
      const page = session.browser.getPage(session.id);
      if (command === 'browser:tree') return browser.accessibilityTree(page);
      await browser.emulate(page, payload);
      return true;
    },
  };
}

/** Names the tests that a browser cannot run, whose titles say why, and ends with the line that test/run.ts reads. */
function counts() {
  const testsOf = ({name, tests, suites}) => [
    ...tests.map(test => ({...test, title: `${name} ${test.name}`.trim()})),
    ...suites.flatMap(testsOf),
  ];
  return {
    onTestRunFinished({sessions}) {
      const tests = sessions.flatMap(({testResults}) => (testResults ? testsOf(testResults) : []));
      const skipped = tests.filter(test => test.skipped);
      const passed = tests.filter(test => test.passed && !test.skipped);
      for (const {title} of skipped) console.log(`Not run: ${title}`);
      const failed = tests.length - passed.length - skipped.length;
      console.log(`Elements: ${passed.length} passed, ${failed} failed, ${skipped.length} skipped`);
    },
  };
}

/** TypeScript by the compiler, and with the options, that make the modules of the package. */
function typescript() {
  const {config} = ts.readConfigFile('tsconfig.json', path => ts.sys.readFile(path));
  const {options} = ts.convertCompilerOptionsFromJson(config.compilerOptions, '.');
  const compilerOptions = {...options, noEmit: false, inlineSourceMap: true, inlineSources: true};
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
    transform({path, body}) {
      if (!isTs(path)) return undefined;
      return ts.transpileModule(body, {compilerOptions, fileName: fileOf(path)}).outputText;
    },
  };
}
