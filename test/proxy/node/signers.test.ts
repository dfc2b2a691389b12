import assert from 'node:assert/strict';
import {execFileSync, spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {describe, it} from 'node:test';
import {grantReader} from '../../../src/proxy/visitor/grants.js';
import type {Grants} from '../../../src/proxy/proxy.js';
import {file} from '../../helpers/proxy/command.js';
import {ORIGIN} from '../../helpers/proxy/start.js';

const SIGNERS: [language: string, command: string[], probe: string][] = [
  ['PHP', ['php', 'grant.php'], '--version'],
  ['Python', ['python3', 'grant.py'], '--version'],
  ['Go', ['go', 'run', 'grant.go'], 'version'],
];

const GRANTS: Grants = {
  audience: 'https://meet.example',
  keys: [
    {
      kid: 'site',
      secret: 'ünlike-base64: 0123456789 0123456789',
      roles: ['participant'],
      rooms: '*',
      origins: [ORIGIN],
      maxLifetime: 3600,
    },
  ],
};

describe('a grant signed in another language', () => {
  for (const [language, [program, ...args], probe] of SIGNERS) {
    const missing = spawnSync(program!, [probe]).status !== 0 && `${program} is not installed`;
    it(`is accepted if it was signed in ${language}`, {skip: missing}, async t => {
      const keys = await file(t, 'grants.json', JSON.stringify(GRANTS));
      const cwd = 'demo/servers/signers';
      const grant = execFileSync(program!, [...args, keys, 'lobby'], {cwd, encoding: 'utf8'}).trim();
      const page = new Request('https://proxy.example', {method: 'POST', headers: {origin: ORIGIN}});
      const {rooms, roles, name, expires} = await grantReader(GRANTS)(grant, page);
      assert.deepEqual([rooms, roles, name], [['lobby'], ['participant'], 'Zoë']);
      assert.ok(Math.abs(expires.getTime() - Date.now() - 3_600_000) < 120_000);
    });

    it(`takes at most 20 lines in ${language}`, () => {
      const source = readFileSync(`demo/servers/signers/${args.at(-1)!}`, 'utf8');
      assert.ok(source.trimEnd().split('\n').length <= 20);
    });
  }
});
