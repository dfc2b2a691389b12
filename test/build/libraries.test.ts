import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, it} from 'node:test';
import {build, loadConfigFromFile, type Plugin} from 'vite';

const LIBRARIES = ['@lit', 'ky', 'lit', 'lit-element', 'lit-html', 'superstruct'];
const isLibrary = (id: string) => id.includes('/node_modules/');

/** The plugins of vite.config.ts, and the rest of it. */
async function ownConfig() {
  const {config} = (await loadConfigFromFile({command: 'build', mode: 'production'}, 'vite.config.ts'))!;
  const {plugins, ...rest} = config;
  return {plugins: plugins as Plugin[], rest};
}

/**
 * Builds the script in memory with `extra` among the plugins, and returns the paths of the library modules it changed: in
 * their own text, before the bundler takes them, or in the chunk, before it is minified.
 */
async function changedBy(...extra: Plugin[]): Promise<{seen: number; changed: string[]}> {
  const {plugins, rest} = await ownConfig();
  const changed = new Set<string>();
  const seen = new Set<string>();
  const bundled = new Map<string, string>();
  const before: Plugin = {
    name: 'before-chunks',
    renderChunk(_, {modules}) {
      for (const [id, {code}] of Object.entries(modules)) if (isLibrary(id) && code) bundled.set(id, code.trim());
      return undefined;
    },
  };
  const after: Plugin = {
    name: 'after-all',
    generateBundle(_, bundle) {
      for (const id of this.getModuleIds()) {
        if (!isLibrary(id)) continue;
        seen.add(id);
        if (this.getModuleInfo(id)!.code !== readFileSync(id, 'utf8')) changed.add(id);
      }
      const text = Object.values(bundle).map(file => (file.type === 'chunk' ? file.code : ''));
      for (const [id, code] of bundled) if (!text.some(each => each.includes(code))) changed.add(id);
    },
  };
  const others = plugins.filter(({name}) => name !== 'minified');
  assert.equal(others.length, plugins.length - 1);
  await build({
    ...rest,
    configFile: false,
    logLevel: 'error',
    plugins: [before, ...others, ...extra, after],
    build: {...rest.build, write: false},
  });
  return {seen: seen.size, changed: [...changed].map(id => id.replace(/.*\/node_modules\//, ''))};
}

/** The hash of every file of the libraries, by path. */
function hashes(): Map<string, string> {
  const files = LIBRARIES.flatMap(library =>
    readdirSync(join('node_modules', library), {recursive: true, withFileTypes: true}),
  ).filter(entry => entry.isFile());
  return new Map(
    files.map(({parentPath, name}) => {
      const path = join(parentPath, name);
      return [path, createHash('sha256').update(readFileSync(path)).digest('hex')];
    }),
  );
}

describe('the build', () => {
  it('takes every library as it is below node_modules, and leaves the files there alone', async () => {
    const before = hashes();
    const {seen, changed} = await changedBy();
    assert.ok(seen > 20, 'it has Lit, ky and superstruct');
    assert.deepEqual(changed, []);
    assert.ok(before.size > 100);
    assert.deepEqual(hashes(), before);
  });

  it('is caught when a plugin changes a library before it is bundled', async () => {
    const {changed} = await changedBy({
      name: 'saboteur',
      transform: (code, id) => (id.endsWith('/lit-html.js') ? code.replace('lit$', 'lut$') : undefined),
    });
    assert.deepEqual(changed, ['lit-html/lit-html.js']);
  });

  it('is caught when a plugin changes a library in the bundle', async () => {
    const {changed} = await changedBy({
      name: 'saboteur',
      renderChunk: code => code.replace('Request timed out', 'Timed out'),
    });
    assert.deepEqual(changed, ['ky/distribution/errors/TimeoutError.js']);
  });
});
