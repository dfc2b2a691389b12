import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {describe, it} from 'node:test';
import {complaints} from '../helpers/imagined.js';

/** What a type checker says, line by line; nothing when all is as it should be. */
const check = (checker: string, ...options: string[]) =>
  new Promise<string[]>(resolve => {
    execFile(`node_modules/.bin/${checker}`, options, (_, stdout, stderr) =>
      resolve(`${stdout}${stderr}`.split('\n').filter(Boolean)),
    );
  });

// The package by its own name, as `npm run build` made it. What is wrong in these files is marked as expected to be, and
// a checker complains of a mark where nothing is wrong.
describe('the types for frameworks', () => {
  it('know in React, Preact and Solid what the elements take, and what they do not', async () => {
    assert.deepEqual(await check('tsc', '-p', 'test/frameworks/jsx'), []);
  });

  it('know in Vue what the elements take, and what they do not', async () => {
    assert.deepEqual(await check('vue-tsc', '-p', 'test/frameworks/vue'), []);
  });

  it('know in Svelte what the elements take, and what they do not', async () => {
    const options = ['--workspace', 'test/frameworks/svelte', '--tsconfig', './tsconfig.json', '--output', 'machine'];
    const said = await check('svelte-check', ...options);
    // It has no marks in markup; each tag of the second file is wrong.
    const places = said.flatMap(line => /ERROR "(.*)" (\d+):/.exec(line)?.slice(1).join(':') ?? []);
    const lines = readFileSync('test/frameworks/svelte/Wrong.svelte', 'utf8').split('\n');
    assert.deepEqual(
      places,
      lines.flatMap((line, at) => (/^<(room|join)-/.test(line) ? [`Wrong.svelte:${at + 1}`] : [])),
      said.join('\n'),
    );
  });

  it('take the attributes and events that custom-elements.json describes', () => {
    interface Described {
      tagName: string;
      attributes: {name: string}[];
      events: {name: string}[];
    }
    const {modules} = JSON.parse(readFileSync('dist/custom-elements.json', 'utf8')) as {
      modules: {declarations: Described[]}[];
    };
    const union = (names: {name: string}[]) => names.map(({name}) => JSON.stringify(name)).join(' | ');
    const lines = modules.flatMap(({declarations}) =>
      declarations.flatMap(({tagName, attributes, events}) => [
        same(`keyof Markup['${tagName}']['attributes']`, union(attributes)),
        // The events of <green-room> come from the elements inside it.
        ...(events.length ? [same(`keyof Markup['${tagName}']['events']`, union(events))] : []),
      ]),
    );
    const text = `import type {Markup} from '../dist/frameworks/markup.js';\n${SAME}\n${lines.join('\n')}`;
    assert.deepEqual(complaints({'test/imagined.ts': text}), []);
  });
});

/** A line that compiles when two types are one; else TypeScript says what one of them lacks. */
const same = (one: string, other: string) => `true satisfies Same<${one}, ${other}>;`;
const SAME = 'type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : Exclude<B, A>) : Exclude<A, B>;';
