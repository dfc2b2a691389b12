import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {readdirSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, it} from 'node:test';
import {checkPackage, createPackageFromTarballData} from '@arethetypeswrong/core';
import {publint} from 'publint';
import {rollup} from 'rollup';
import {folder} from '../helpers/proxy/command.js';

// A classic script has no types, and nobody imports it.
const SCRIPT = './greenroom.min.js';

describe('the package as others resolve it', () => {
  it('passes publint', async () => {
    const {messages} = await publint({pkgDir: process.cwd(), strict: true});
    assert.deepEqual(messages, []);
  });

  it('has types that resolve wherever ES modules do', async t => {
    const made = await folder(t);
    const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', made];
    const [packed] = JSON.parse(execFileSync('npm', pack, {encoding: 'utf8'})) as [{filename: string}];
    const tarball = createPackageFromTarballData(readFileSync(join(made, packed.filename)));
    const result = await checkPackage(tarball, {excludeEntrypoints: [SCRIPT]});
    assert.ok(result.types, 'the package has types');
    // Like attw's profile `esm-only`, `require` is not supported. Tools that do not know `exports` find `greenroom` itself.
    const problems = result.problems.filter(
      problem =>
        !('resolutionKind' in problem) ||
        (problem.resolutionKind === 'node10' ? problem.entrypoint === '.' : problem.resolutionKind !== 'node16-cjs'),
    );
    assert.deepEqual(problems, []);
    assert.equal(result.entrypoints['.']!.resolutions.node10.resolution?.isTypeScript, true);
    assert.match(result.entrypoints['.']!.resolutions.node10.implementationResolution!.fileName, /\/dist\/index\.js$/);
  });

  it('has no module that gives Rollup a reason to warn', async () => {
    const warnings: string[] = [];
    const files = readdirSync('dist', {recursive: true, encoding: 'utf8'}).filter(path => path.endsWith('.js'));
    const modules = files.filter(path => !path.startsWith('greenroom')).map(path => join('dist', path));
    const bundle = await rollup({
      input: modules,
      external: id => !/^[./]/.test(id) && !modules.includes(id),
      // Next needs the directive `use client`, and other bundlers ignore it.
      onwarn: ({code, message}) => code === 'MODULE_LEVEL_DIRECTIVE' || warnings.push(message),
      plugins: [{name: 'json', transform: (code, id) => (id.endsWith('.json') ? `export default ${code}` : undefined)}],
    });
    await bundle.close();
    assert.deepEqual(warnings, []);
  });
});
