import assert from 'node:assert/strict';
import {access, writeFile} from 'node:fs/promises';
import {join} from 'node:path';
import {describe, test} from 'node:test';
import {command, folder} from '../helpers/proxy/command.js';
import {start} from '../helpers/platform/command.js';

describe('greenroom platform that cannot start', {timeout: 240_000}, () => {
  test('says why in a clear sentence, and exits', async t => {
    const place = join(await folder(t), 'rooms.db');
    const {port, call} = await start(t, place);
    const broken = join(await folder(t), 'broken.db');
    await writeFile(broken.replace(/db$/, 'credentials.json'), '{"key": "CANARY"');
    const noise = join(await folder(t), 'noise.db');
    await writeFile(noise, 'This is no database at all, and long enough to be seen as none. '.repeat(100));
    const other = join(await folder(t), 'other.db');
    const refusals: [args: string[], code: number, sentence: RegExp][] = [
      [['--port', String(port), '--database', other], 1, new RegExp(`^Port ${port} of 127.0.0.1 is taken.\n.+\n$`)],
      [['--port', '70000'], 1, /^--port is not a number/],
      [
        ['--port', '0', '--database', '/nowhere/at/all.db'],
        1,
        /^The database cannot be opened\.\n\/nowhere\/at\/all\.db: its folder must exist, .+\n$/,
      ],
      [['--port', '0', '--database', 'mysql://x'], 1, /^The database is neither a file nor a Postgres address\.\n/],
      [
        ['--port', '0', '--database', 'postgres://user:CANARY@127.0.0.1:1/none'],
        1,
        /^The Postgres database cannot be reached\.\nNothing listens there\. .+\n$/,
      ],
      [['--port', '0', '--database', place], 1, /^Another program has this database open\.\n.+\n$/],
      [['--port', '0', '--database', noise], 1, /^The database cannot be opened\.\n/],
      [
        ['--port', '0', '--database', broken],
        1,
        /^\S+broken\.credentials\.json does not hold an id and a key\.\n.+\n$/,
      ],
      [['--colour'], 2, /^Unknown option '--colour'/],
      [['now'], 2, /^Unexpected argument 'now'/],
    ];
    for (const [args, code, sentence] of refusals) {
      const {ended, told} = command(t, ['platform', ...args], {});
      assert.equal(await ended, code, args.join(' '));
      assert.match(told.err, sentence);
      assert.doesNotMatch(told.err, /CANARY/);
      assert.equal(told.out, '');
    }
    await assert.rejects(access(other));
    assert.equal((await call('GET', '/v2/rooms')).status, 200);
  });

  test('explains every option with --help', async t => {
    const {ended, told} = command(t, ['platform', '--help'], {});
    assert.equal(await ended, 0);
    for (const option of [
      'port',
      'database',
      'app-id',
      'app-key',
      'allow-host',
      'connections-per-address',
      'test-clock',
    ]) {
      assert.match(told.out, new RegExp(`^  --${option} `, 'm'));
    }
  });
});
