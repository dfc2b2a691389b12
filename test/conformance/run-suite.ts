import {execFile} from 'node:child_process';
import {once} from 'node:events';
import {fileURLToPath} from 'node:url';

/** Runs the suite for the Rooms API in a process of its own, with these variables. Returns which tests failed. */
export async function runSuite(variables: Record<string, string>) {
  const {PATH, HOME} = process.env;
  const file = fileURLToPath(new URL('suite.test.ts', import.meta.url));
  const args = ['--import', import.meta.resolve('tsx'), '--test-reporter', 'tap', file];
  const options = {env: {PATH, HOME, ...variables}, maxBuffer: 2 ** 26, timeout: 200_000};
  const child = execFile(process.execPath, args, options);
  let output = '';
  child.stdout!.on('data', text => (output += text));
  const [code] = (await once(child, 'close')) as [number];
  const failed = [...output.matchAll(/^ *not ok \d+ - (.*)$/gm)].map(([, title]) => title!);
  return {code, failed, passed: Number(/^# pass (\d+)/m.exec(output)?.[1]), output};
}
