import assert from 'node:assert/strict';
import {execFileSync, spawnSync} from 'node:child_process';
import {readFileSync} from 'node:fs';
import {describe, it} from 'node:test';
import {SECRETS, VARIABLES} from '../../../src/proxy/node/environment.js';
import {file} from '../../helpers/proxy/command.js';

const UNIT = readFileSync('demo/servers/greenroom-proxy.service', 'utf8');
const missing = spawnSync('systemd-analyze', ['--version']).status !== 0 && 'systemd is not installed';

describe('the unit for systemd', () => {
  it('sets only variables that the proxy reads', () => {
    const known = [...Object.keys(VARIABLES), ...SECRETS.map(secret => `${secret}_FILE`)];
    const set = [...UNIT.matchAll(/^Environment=(.*)$/gm)].flatMap(([, line]) => line!.split(' '));
    assert.ok(set.length >= 3);
    assert.deepEqual(
      set.map(each => each.split('=')[0]!).filter(name => !known.includes(name)),
      [],
    );
  });

  it('is right for systemd', {skip: missing}, async t => {
    // The folder and the program are those of the test.
    const local = UNIT.replace('/srv/greenroom', process.cwd()).replace('/usr/bin/node', process.execPath);
    const unit = await file(t, 'greenroom-proxy.service', local);
    assert.equal(execFileSync('systemd-analyze', ['verify', '--man=no', unit], {encoding: 'utf8'}), '');
  });
});
