import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, it} from 'node:test';
import {checkPackage, createPackageFromTarballData} from '@arethetypeswrong/core';
import {publint} from 'publint';
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
    // Like attw's profile `esm-only`: `require`, and tools that do not know `exports`, are not supported.
    const problems = result.problems.filter(
      problem =>
        !('resolutionKind' in problem) ||
        (problem.resolutionKind !== 'node10' && problem.resolutionKind !== 'node16-cjs'),
    );
    assert.deepEqual(problems, []);
  });
});
