import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {describe, it} from 'node:test';
import {promisify} from 'node:util';

const run = promisify(execFile);

// Lit's build for servers defines these, so that classes can extend HTMLElement. An import may define no others.
const BY_LIT = [
  'customElements',
  'litElementVersions',
  'litHtmlVersions',
  'litPropertyMetadata',
  'litServerRoot',
  'reactiveElementVersions',
];

/** The globals that an import of `name` adds to a Node process without a DOM. */
async function globalsBy(name: string): Promise<string[]> {
  // Node defines a global of its own when `Request` is first read.
  const code = `void globalThis.Request;
    const before = new Set(Reflect.ownKeys(globalThis));
    await import('${name}');
    console.log(JSON.stringify(Reflect.ownKeys(globalThis).filter(key => !before.has(key)).map(String).sort()));`;
  const {stdout} = await run(process.execPath, ['--input-type=module', '--eval', code]);
  return JSON.parse(stdout) as string[];
}

describe('in Node without a DOM', () => {
  for (const part of [
    '',
    '/room-picker.js',
    '/join-button.js',
    '/pre-join.js',
    '/room-editor.js',
    '/room-users.js',
    '/elements',
  ]) {
    it(`importing greenroom${part} does not throw, and adds no global but Lit's`, async () => {
      assert.deepEqual(await globalsBy(`greenroom${part}`), BY_LIT);
    });
  }

  for (const part of ['/greenroom.min.mjs', '/rooms', '/client']) {
    it(`importing greenroom${part} does not throw, and adds no global`, async () => {
      assert.deepEqual(await globalsBy(`greenroom${part}`), []);
    });
  }
});
