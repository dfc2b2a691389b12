import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {after, before, describe, it} from 'node:test';

// The arrows of the architecture, each tried with a file that breaks it and one that keeps it.
const BROKEN: [file: string, imports: string][] = [
  ['rooms/x.ts', '../http/client.js'],
  ['rooms/x.ts', 'node:fs'],
  ['rooms/x.ts', 'lit'],
  ['http/client.ts', '../elements/room-picker.js'],
  ['http/client.ts', './routes.js'],
  ['http/routes.ts', 'ky'],
  ['http/routes.ts', 'hono'],
  ['http/routes.ts', 'node:http'],
  ['http/server.ts', '../platform/platform.js'],
  ['upstream/x.ts', 'node:http'],
  ['upstream/x.ts', '../proxy/proxy.js'],
  ['upstream/x.ts', '../http/server.js'],
  ['engines/x.ts', '../proxy/proxy.js'],
  ['engines/x.ts', 'node:crypto'],
  ['engines/x.ts', 'ws'],
  ['engines/node/x.ts', '../../proxy/node/environment.js'],
  ['platform/create-room.ts', '../proxy/proxy.js'],
  ['elements.ts', './define/room-picker.js'],
  ['locales/joining/en.ts', '../../elements/room-picker.js'],
  ['styles/tokens.ts', '../controllers/load.js'],
  ['controllers/x.ts', '../elements/room-picker.js'],
  ['stage/x.ts', '../elements/room-picker.js'],
  ['connect/x.ts', '../elements/events.js'],
  ['connect/x.ts', 'livekit-client'],
  ['elements/x.ts', '../proxy/proxy.js'],
  ['elements/x.ts', '../platform/platform.js'],
  ['elements/x.ts', '../http/routes.js'],
  ['elements/x.ts', '../index.js'],
  ['proxy/x.ts', '../platform/platform.js'],
  ['proxy/x.ts', '../elements/events.js'],
  ['proxy/x.ts', 'node:fs'],
  ['proxy/x.ts', '../upstream/cache.js'],
  ['proxy/x.ts', './visitor/grants.js'],
  ['proxy/x.ts', './limits/idempotency.js'],
  ['proxy/visitor/x.ts', 'node:crypto'],
  ['proxy/visitor/x.ts', '../limits/idempotency.js'],
  ['proxy/limits/x.ts', '../visitor/grants.js'],
  ['proxy/limits/x.ts', '../../upstream/cache.js'],
  ['platform/x.ts', '../proxy/proxy.js'],
  ['platform/x.ts', '../http/client.js'],
  ['platform/x.ts', './database/sqlite.js'],
  ['platform/x.ts', './sessions/seats.js'],
  ['platform/database/x.ts', '../sessions/sessions.js'],
  ['index.ts', './proxy/proxy.js'],
  ['embed.ts', './proxy/proxy.js'],
  ['define/x.ts', '../http/client.js'],
  ['frameworks/x.ts', '../proxy/proxy.js'],
  ['cli.ts', './elements/events.js'],
  ['proxy/node/x.ts', '../../engines/livekit.js'],
  ['site/x.ts', '../elements/room-picker.js'],
  ['site/x.ts', '../platform/platform.js'],
];
const KEPT: [file: string, imports: string][] = [
  ['connect/x.ts', '../rooms/rooms.js'],
  ['stage/x.ts', '../connect/connect.js'],
  ['rooms/x.ts', './errors.js'],
  ['http/client.ts', '../rooms/rooms.js'],
  ['http/routes.ts', '../rooms/rooms.js'],
  ['http/server.ts', '../rooms/errors.js'],
  ['http/server.ts', './routes.js'],
  ['http/server.ts', 'node:http'],
  ['upstream/x.ts', './upstream.js'],
  ['upstream/x.ts', '../http/client.js'],
  ['engines/x.ts', '../upstream/upstream.js'],
  ['engines/node/x.ts', 'node:crypto'],
  ['engines/node/x.ts', 'ws'],
  ['cli.ts', './engines/node/environment.js'],
  ['controllers/x.ts', '../http/client.js'],
  ['elements/x.ts', '../controllers/load.js'],
  ['elements/x.ts', 'lit/decorators.js'],
  ['proxy/x.ts', '../http/routes.js'],
  ['proxy/x.ts', '../upstream/upstream.js'],
  ['proxy/x.ts', './visitor/visitor.js'],
  ['proxy/x.ts', 'jose'],
  ['proxy/limits/x.ts', '../visitor/visitor.js'],
  ['proxy/node/x.ts', 'node:fs'],
  ['platform/x.ts', '../http/routes.js'],
  ['platform/x.ts', '../http/server.js'],
  ['platform/x.ts', './database/database.js'],
  ['platform/create-room.ts', '../upstream/upstream.js'],
  ['platform/x.ts', 'node:crypto'],
  ['index.ts', './elements/room-picker.js'],
  ['embed.ts', './index.js'],
  ['define/x.ts', '../elements/room-picker.js'],
  ['build/x.ts', 'node:fs'],
  ['cli.ts', './proxy/node/doctor/doctor.js'],
  ['cli.ts', './site/command.js'],
  ['site/x.ts', '../proxy/proxy.js'],
  ['site/x.ts', 'node:fs'],
  ['elements.ts', './elements/room-picker.js'],
  ['frameworks/x.ts', '../elements/events.js'],
  ['locales/joining/en.ts', '../../rooms/codes.js'],
  ['styles/x.ts', 'lit'],
  ['platform/database/x.ts', 'pg'],
  ['platform/sessions/x.ts', '../database/database.js'],
];

/** The ways to import that are no import statement. */
const OTHER_WAYS = {
  'a dynamic import': "export const it = () => import('../proxy/proxy.js');\n",
  'an export': "export * from '../proxy/proxy.js';\n",
  'a type': "export type {It} from '../proxy/proxy.js';\n",
  'the type of a module': "export type It = import('../proxy/proxy.js').It;\n",
};
const CIRCLE = {
  'rooms/x.ts': "import type {Y} from './y.js';\nexport type X = Y;\n",
  'rooms/y.ts': "import type {X} from './x.js';\nexport type Y = X;\n",
};

describe('the import arrows', () => {
  const folder = mkdtempSync(join(tmpdir(), 'greenroom-lint-'));
  after(() => rmSync(folder, {recursive: true}));
  for (const file of ['.oxlintrc.json', '.oxlint-arrows.js', 'package.json']) copyFileSync(file, join(folder, file));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));

  let output: string[];
  // One run for all of them: each start of the linter takes a quarter of a second.
  before(() => {
    const {stdout} = spawnSync(resolve('node_modules/.bin/oxlint'), ['-f', 'unix', 'cases'], {
      cwd: folder,
      encoding: 'utf8',
    });
    output = stdout.split('\n');
  });

  let cases = 0;
  /** Writes files into a `src` of their own. Returns how often a rule complains of them, once the linter has run. */
  function complaints(rule: string, files: Record<string, string>) {
    const name = `${++cases}`;
    for (const [file, text] of Object.entries(files)) {
      const path = join(folder, 'cases', name, 'src', file);
      mkdirSync(dirname(path), {recursive: true});
      writeFileSync(path, text);
    }
    return () => output.filter(line => line.startsWith(`cases/${name}/`) && line.includes(rule)).length;
  }
  const importing = (file: string, imports: string) =>
    complaints('greenroom(arrows)', {[file]: `import * as it from '${imports}';\nexport {it};\n`});

  for (const [file, imports] of BROKEN) {
    const count = importing(file, imports);
    it(`refuses ${imports} in ${file}`, () => assert.equal(count(), 1));
  }
  for (const [file, imports] of KEPT) {
    const count = importing(file, imports);
    it(`allows ${imports} in ${file}`, () => assert.equal(count(), 0));
  }

  for (const [what, text] of Object.entries(OTHER_WAYS)) {
    const count = complaints('greenroom(arrows)', {'elements/x.ts': text});
    it(`refuses ${what}, too`, () => assert.equal(count(), 1));
  }

  const circles = complaints('import(no-cycle)', CIRCLE);
  it('refuses a circle, even one of types', () => assert.ok(circles() > 0));
});

describe('src', () => {
  // The linter's rule looks past `import()`.
  it('has no circle, also with what is imported on demand', () => {
    const files = readdirSync('src', {recursive: true, encoding: 'utf8'}).filter(file => file.endsWith('.ts'));
    const imports = new Map(files.map(file => [file, importsOf(file)]));
    assert.ok(imports.get(join('elements', 'picker-parts.ts'))?.includes(join('elements', 'room-menu.ts')));
    assert.deepEqual(circleIn(imports), []);
  });

  it('would be refused with such a circle', () => {
    const imports = new Map([
      ['a', ['b']],
      ['b', ['c', 'd']],
      ['c', ['b']],
    ]);
    assert.deepEqual(circleIn(imports), ['b', 'c']);
  });
});

/** The other files that a file of src imports, in any way. */
function importsOf(file: string): string[] {
  const text = readFileSync(join('src', file), 'utf8');
  const paths = [...text.matchAll(/\b(?:from|import)[ (]'(\.[^']+)\.js'/g)].map(([, path]) => path!);
  return paths.map(path => `${join(dirname(file), path)}.ts`).filter(path => path !== file);
}

/** The files of the first circle. */
function circleIn(imports: Map<string, string[]>): string[] {
  const done = new Set<string>();
  const follow = (file: string, way: string[]): string[] => {
    if (way.includes(file)) return way.slice(way.indexOf(file));
    if (done.has(file)) return [];
    for (const next of imports.get(file) ?? []) {
      const circle = follow(next, [...way, file]);
      if (circle.length) return circle;
    }
    done.add(file);
    return [];
  };
  for (const file of imports.keys()) {
    const circle = follow(file, []);
    if (circle.length) return circle;
  }
  return [];
}
