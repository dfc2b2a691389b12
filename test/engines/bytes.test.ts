import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {describe, it} from 'node:test';
import {build, type Rolldown} from 'vite';

/** The files of ours, and the packages, that are in what a page loads from this file, now or later. */
async function partsOf(entry: string): Promise<string[]> {
  const options = {rolldownOptions: {input: entry, preserveEntrySignatures: 'strict' as const}};
  const {output} = (await build({
    configFile: false,
    logLevel: 'silent',
    build: {write: false, minify: false, ...options},
  })) as Rolldown.RolldownOutput;
  const modules = output.flatMap(chunk => (chunk.type === 'chunk' ? chunk.moduleIds : []));
  return modules.map(id => id.slice(id.lastIndexOf(process.cwd()) + process.cwd().length + 1));
}

describe('engines add no byte to what a page loads', () => {
  const {exports} = JSON.parse(readFileSync('package.json', 'utf8')) as {exports: Record<string, {default: string}>};
  const engines = Object.keys(exports).filter(name => name.startsWith('./engines'));

  for (const entry of ['src/embed.ts', 'src/index.ts', 'src/connect/connect.ts']) {
    it(`not to ${entry}, nor to what it loads later`, async () => {
      const parts = await partsOf(entry);
      assert.ok(parts.includes(entry) && parts.some(part => part.startsWith('src/rooms/')), parts.join());
      const strangers = parts.filter(part =>
        /^src\/(engines|upstream|proxy|platform)\/|\/(jose|fast-xml-parser)\//.test(part),
      );
      assert.deepEqual(strangers, []);
    });
  }

  it('and a page that imports one by mistake cannot be built', async () => {
    assert.ok(engines.length > 10, engines.join());
    for (const name of engines) {
      const {browser, types: _, ...conditions} = exports[name] as unknown as Record<string, string>;
      assert.equal(browser, './dist/proxy/not-in-a-browser.cjs', name);
      assert.deepEqual(Object.keys(conditions).indexOf('default'), Object.keys(conditions).length - 1, name);
    }
  });
});
