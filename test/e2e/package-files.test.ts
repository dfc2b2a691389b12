import assert from 'node:assert/strict';
import {execFileSync, spawnSync} from 'node:child_process';
import {cpSync, existsSync, readFileSync} from 'node:fs';
import {SourceMap, type SourceMapPayload} from 'node:module';
import {basename, dirname, join} from 'node:path';
import {describe, it} from 'node:test';
import {bundled} from '../helpers/e2e/bundled.js';
import {useSite} from '../helpers/e2e/embed.js';
import {folder} from '../helpers/proxy/command.js';

/** The files of the package: modules with their types and maps, scripts for pages, and descriptions for tools. */
const FILES = [
  /^dist\/[\w-]+\.(js(\.map)?|d\.ts)$/,
  /^dist\/(connect|controllers|define|elements|engines|frameworks|http|locales|platform|proxy|rooms|site|stage|styles|upstream)\/([\w-]+\/)*[\w.-]+\.(c?js(\.map)?|d\.c?ts)$/,
  /^dist\/greenroom\.(min\.(m?js(\.map)?|d\.ts)|integrity\.json)$/,
  /^dist\/greenroom-[\d.]+\/[\w/-]+\.js(\.map)?$/,
  /^dist\/(custom-elements|web-types|vscode\.html-custom-data)\.json$/,
  /^dist\/platform\/openapi\.json$/,
  /^dist\/third-party-notices\.txt$/,
  /^src\/build\/greenroom\.mjs$/,
  /^(LICENSE|README\.md|package\.json)$/,
];

const read = (path: string) => readFileSync(path, 'utf8');

describe('the packed package', () => {
  it('has the files that users need, and no others', () => {
    const said = execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {encoding: 'utf8'});
    const [{files}] = JSON.parse(said) as [{files: {path: string}[]}];
    const paths = files.map(({path}) => path);
    assert.deepEqual(
      paths.filter(path => !FILES.some(file => file.test(path))),
      [],
    );
    for (const file of FILES) {
      assert.ok(
        paths.some(path => file.test(path)),
        `It has ${file}`,
      );
    }
    // Its module is greenroom.min.mjs; dist/embed.d.ts has the types.
    assert.ok(!paths.some(path => path.startsWith('dist/embed.js')));
  });
});

describe('the command', () => {
  const {version, bin} = JSON.parse(read('package.json')) as {version: string; bin: {greenroom: string}};

  it('runs what was built', () => {
    assert.equal(execFileSync(bin.greenroom, ['--version'], {encoding: 'utf8'}), `${version}\n`);
  });

  it('says so where nothing was built', async t => {
    const clone = await folder(t);
    cpSync(bin.greenroom, join(clone, bin.greenroom));
    const {status, stderr} = spawnSync(join(clone, bin.greenroom), {encoding: 'utf8'});
    assert.deepEqual([status, stderr], [1, 'Greenroom is not built yet: run `npm run build` first.\n']);
  });
});

describe('the files for a CDN', () => {
  const scripts = Object.keys(JSON.parse(read('dist/greenroom.integrity.json')) as object).map(file => `dist/${file}`);

  it('default to the script', () => {
    const {unpkg, jsdelivr} = JSON.parse(read('package.json')) as Record<string, string>;
    assert.deepEqual([unpkg, jsdelivr], ['./dist/greenroom.min.js', './dist/greenroom.min.js']);
  });

  it('have maps that lead back to the source', () => {
    assert.ok(scripts.length > 20, 'words and elements on demand are included');
    // The bundler's own few lines have no source.
    for (const script of scripts.filter(script => !script.endsWith('/rolldown-runtime.js'))) {
      const code = read(script);
      const [, url] = /\n\/\/# sourceMappingURL=([^\n]+)\s*$/.exec(code) ?? [];
      assert.equal(url, `${basename(script)}.map`);
      const map = JSON.parse(read(join(dirname(script), url!))) as SourceMapPayload;
      assert.equal(map.sources.length, map.sourcesContent.filter(Boolean).length);
      for (const source of map.sources) assert.ok(existsSync(join(dirname(script), source)), source);
    }
  });

  it('have maps that lead to the line', () => {
    const code = read('dist/greenroom.min.js');
    const map = new SourceMap(JSON.parse(read('dist/greenroom.min.js.map')) as SourceMapPayload);
    const before = code.slice(0, code.search(/["'`]room-select["'`]/)).split('\n');
    const {originalSource, originalLine} = map.findEntry(before.length - 1, before.at(-1)!.length) as {
      originalSource: string;
      originalLine: number;
    };
    assert.match(read(join('dist', originalSource)).split('\n')[originalLine]!, /'room-select'/);
  });

  it('come with the licences of their libraries', () => {
    const notices = read('dist/third-party-notices.txt');
    const {dependencies} = JSON.parse(read('package.json')) as {dependencies: Record<string, string>};
    for (const name of ['lit', 'ky', 'superstruct']) {
      const [, text] = notices.split(new RegExp(`^${name} ${dependencies[name]} \\(`, 'm'));
      assert.match(text!, /^[\w-]+\)\n\n[^]*?Copyright/);
    }
  });
});

describe('an import', () => {
  const site = useSite();
  const NAMES = ['room-picker', 'join-button', 'pre-join', 'room-editor', 'room-users'];

  for (const name of NAMES) {
    it(`of greenroom/${name}.js loads and registers no other element`, async () => {
      const {code, moduleIds} = await bundled(`import 'greenroom/${name}.js';`);
      const brought = moduleIds.map(id => /\/dist\/(?:elements|define)\/(.*)\.js$/.exec(id)?.[1]);
      assert.deepEqual(
        NAMES.filter(name => brought.includes(name)),
        [name],
      );
      assert.deepEqual(await registeredBy(code), [name]);
    });
  }

  it('of greenroom/elements registers nothing, and loads only what is used', async () => {
    const {code, moduleIds} = await bundled(`import {JoinButton} from 'greenroom/elements';
      customElements.define('shop-join', class extends JoinButton {});`);
    assert.ok(!moduleIds.some(id => /\/(room-picker|room-editor|room-users)\.js$/.test(id)));
    assert.deepEqual(await registeredBy(code), ['shop-join']);
  });

  async function registeredBy(code: string): Promise<string[]> {
    const {page, complaints} = await site.open('');
    site.serve('/bundle.js', code, {'content-type': 'text/javascript'});
    await page.addScriptTag({url: '/bundle.js', type: 'module'});
    assert.deepEqual(complaints, []);
    return page.evaluate(names => names.filter(name => customElements.get(name)), [...NAMES, 'shop-join']);
  }
});

describe('tags that a server rendered', () => {
  const site = useSite();

  it('keep the properties and listeners that were set before the script loaded', async () => {
    const {page, complaints} = await site.open(
      '<room-picker id="rooms" endpoint="/nowhere"></room-picker><join-button for="rooms"></join-button><p></p>',
    );
    const asked: string[] = [];
    page.on('request', request => asked.push(new URL(request.url()).pathname));
    await page.evaluate(() => {
      const [picker, button] = [document.querySelector('room-picker')!, document.querySelector('join-button')!];
      Object.assign(picker, {endpoint: '/api', noSearch: true});
      Object.assign(button, {userName: 'Ann'});
      button.addEventListener('room-token', ({detail}) => {
        document.querySelector('p')!.textContent = `${detail.participant.name} has a token`;
      });
    });
    await page.addScriptTag({url: `${site.origin}/dist/greenroom.min.js`});
    await page.getByRole('option', {name: 'Lobby'}).click();
    await page.getByRole('button', {name: 'Join'}).click();
    await page.getByText('Ann has a token').waitFor();
    assert.equal(await page.getByRole('searchbox').count(), 0);
    assert.deepEqual(complaints, []);
    assert.ok(!asked.some(path => path.startsWith('/nowhere')), asked.join());
  });
});
