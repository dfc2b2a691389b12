// A project of somebody else, outside this repository, that has the packed package.
import {execFileSync} from 'node:child_process';
import {mkdirSync, readFileSync, realpathSync, symlinkSync, writeFileSync} from 'node:fs';
import {dirname, join, resolve} from 'node:path';
import ts from 'typescript';
import {folder} from '../proxy/command.js';

/** What the package.json of ours says about itself. */
export const PACKAGE = JSON.parse(readFileSync('package.json', 'utf8')) as {
  exports: Record<string, string | Record<string, string>>;
  dependencies: Record<string, string>;
};

/** The strictest that a project may ask of the types of its packages. */
export const STRICTEST: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts'],
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: false,
  noEmit: true,
  jsx: ts.JsxEmit.ReactJSX,
  types: ['node'],
};

/**
 * Packs this package and unpacks it into a project. The project has what the package says that it depends on, and nothing
 * else but `more`.
 */
export async function consumer(t: Parameters<typeof folder>[0], ...more: string[]) {
  const place = realpathSync(await folder(t));
  const pack = ['pack', '--json', '--ignore-scripts', '--pack-destination', place];
  const [packed] = JSON.parse(execFileSync('npm', pack, {encoding: 'utf8'})) as [{filename: string}];
  const installed = join(place, 'node_modules/greenroom');
  mkdirSync(installed, {recursive: true});
  execFileSync('tar', ['-xzf', join(place, packed.filename), '--strip-components=1', '-C', installed]);
  for (const name of [...Object.keys(PACKAGE.dependencies), '@types/node', ...more]) {
    const link = join(place, 'node_modules', name);
    mkdirSync(dirname(link), {recursive: true});
    symlinkSync(resolve('node_modules', name), link);
  }
  writeFileSync(join(place, 'package.json'), '{"private": true, "type": "module"}');

  /** Writes files, and makes a program of them. */
  function program(files: Record<string, string>, options: ts.CompilerOptions = STRICTEST): ts.Program {
    const paths = Object.entries(files).map(([name, text]) => {
      const path = join(place, name);
      mkdirSync(dirname(path), {recursive: true});
      writeFileSync(path, text);
      return path;
    });
    const host = ts.createCompilerHost(options);
    return ts.createProgram(paths, options, {...host, getCurrentDirectory: () => place});
  }
  return {place, installed, program};
}

/** What the compiler says of a program, as `file:line: message`. */
export const complaints = (program: ts.Program): string[] =>
  ts.getPreEmitDiagnostics(program).map(({file, start = 0, messageText}) => {
    const message = ts.flattenDiagnosticMessageText(messageText, ' ');
    if (!file) return message;
    const {line} = file.getLineAndCharacterOfPosition(start);
    return `${file.fileName.replace(/^.*\/(greenroom-[^/]*|node_modules)\//, '')}:${line + 1}: ${message}`;
  });
