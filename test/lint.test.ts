import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {copyFileSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join, resolve} from 'node:path';
import {after, describe, it} from 'node:test';

// The arrows of the architecture, each tried with a file that breaks it and one that keeps it.
const BROKEN: [file: string, imports: string][] = [
  ['rooms/x.ts', '../http/client.js'],
  ['rooms/x.ts', 'node:fs'],
  ['rooms/x.ts', 'lit'],
  ['http/client.ts', '../elements/room-picker.js'],
  ['http/client.ts', './app.js'],
  ['http/app.ts', 'ky'],
  ['http/serve.ts', '../platform/platform.js'],
  ['http/serve.ts', './client.js'],
  ['locales/en.ts', '../elements/room-picker.js'],
  ['styles/tokens.ts', '../controllers/load.js'],
  ['controllers/x.ts', '../elements/room-picker.js'],
  ['elements/x.ts', '../proxy/proxy.js'],
  ['elements/x.ts', '../platform/platform.js'],
  ['elements/x.ts', '../http/app.js'],
  ['proxy/x.ts', '../platform/platform.js'],
  ['proxy/x.ts', '../elements/events.js'],
  ['platform/x.ts', '../proxy/proxy.js'],
  ['platform/x.ts', '../http/client.js'],
  ['index.ts', './proxy/proxy.js'],
  ['embed.ts', './proxy/proxy.js'],
  ['define/x.ts', '../http/client.js'],
];
const KEPT: [file: string, imports: string][] = [
  ['rooms/x.ts', './errors.js'],
  ['http/client.ts', '../rooms/rooms.js'],
  ['controllers/x.ts', '../http/client.js'],
  ['elements/x.ts', '../controllers/load.js'],
  ['elements/x.ts', 'lit/decorators.js'],
  ['proxy/x.ts', '../http/app.js'],
  ['proxy/x.ts', 'jose'],
  ['http/serve.ts', '../rooms/errors.js'],
  ['http/serve.ts', 'node:http'],
  ['platform/x.ts', '../http/app.js'],
  ['platform/x.ts', '../http/serve.js'],
  ['platform/x.ts', 'node:crypto'],
  ['index.ts', './elements/room-picker.js'],
  ['embed.ts', './index.js'],
  ['define/x.ts', '../elements/room-picker.js'],
];

describe('the import arrows', () => {
  const folder = mkdtempSync(join(tmpdir(), 'greenroom-lint-'));
  after(() => rmSync(folder, {recursive: true}));
  copyFileSync('.oxlintrc.json', join(folder, '.oxlintrc.json'));
  symlinkSync(resolve('node_modules'), join(folder, 'node_modules'));

  const complaints = (file: string, imports: string) => {
    const path = join(folder, 'src', file);
    mkdirSync(dirname(path), {recursive: true});
    writeFileSync(path, `import * as it from '${imports}';\nexport {it};\n`);
    const {stdout} = spawnSync(resolve('node_modules/.bin/oxlint'), ['src'], {cwd: folder, encoding: 'utf8'});
    rmSync(path);
    return stdout.match(/no-restricted-imports/g)?.length ?? 0;
  };

  for (const [file, imports] of BROKEN) {
    it(`refuses ${imports} in ${file}`, () => assert.equal(complaints(file, imports), 1));
  }
  for (const [file, imports] of KEPT) {
    it(`allows ${imports} in ${file}`, () => assert.equal(complaints(file, imports), 0));
  }
});
