import assert from 'node:assert/strict';
import {writeFile} from 'node:fs/promises';
import {createServer, type AddressInfo} from 'node:net';
import {once} from 'node:events';
import {join} from 'node:path';
import {describe, test, type TestContext} from 'node:test';
import {command, file, folder} from '../helpers/proxy/command.js';
import {APP, start} from '../helpers/platform/command.js';

/** Runs `greenroom platform create-room` to its end. */
async function createRoom(t: TestContext, args: string[], env: Record<string, string> = {}) {
  const {ended, told} = command(t, ['platform', 'create-room', ...args], env);
  return {code: await ended, ...told};
}

const idIn = (out: string) => /room-id="([^"]+)"/.exec(out)?.[1] ?? '';

describe('greenroom platform create-room', {timeout: 240_000}, () => {
  test('makes a room with the credentials file, and prints its id and the line to paste', async t => {
    const place = join(await folder(t), 'rooms.db');
    const credentials = place.replace(/db$/, 'credentials.json');
    const {origin} = await start(t, place, [], {});
    const url = `${origin}/video/v2`;
    const {code, out, err} = await createRoom(t, ['--name', 'Lobby', '--url', url, '--credentials', credentials]);
    assert.deepEqual([code, err], [0, '']);
    const id = idIn(out);
    assert.match(out, new RegExp(`^The room has the id ${id}\n`));
    assert.match(out, new RegExp(`^  <join-button endpoint="/api" room-id="${id}"></join-button>$`, 'm'));
    const again = await createRoom(t, ['--name', 'Hall'], {DATABASE_URL: place, PLATFORM_URL: url});
    assert.deepEqual([again.code, again.err], [0, '']);
    const kept = await createRoom(t, ['--name', 'Yard'], {APP_KEY_FILE: credentials, PLATFORM_URL: url});
    assert.deepEqual([kept.code, kept.err], [0, '']);
  });

  test('takes id and key from the environment, and the settings from options', async t => {
    const {origin, call} = await start(t, join(await folder(t), 'rooms.db'));
    const PLATFORM_URL = `${origin}/video/v2/`;
    const scheduled = ['--scheduled-time', '2099-12-01 18:00:00', '--duration', '90', '--owner', 'ann'];
    const others = ['--mode', 'lecture', '--participants', '40', '--knock', '--no-screen-share', '--description', 'Hi'];
    const {code, out, err} = await createRoom(t, ['--name', 'Talk', ...scheduled, ...others], {...APP, PLATFORM_URL});
    assert.deepEqual([code, err], [0, '']);
    const {room} = (await call('GET', `/v2/rooms/${idIn(out)}`)).body as {room: {settings: object; owner_ref: string}};
    assert.equal(room.owner_ref, 'ann');
    const {settings} = room;
    assert.deepEqual(
      {...settings},
      {
        ...settings,
        mode: 'lecture',
        scheduled: true,
        scheduled_time: '2099-12-01 18:00:00',
        duration: 90,
        participants: 40,
        knock: true,
        screen_share: false,
        description: 'Hi',
      },
    );
    const secret = await file(t, 'key', `${APP.APP_KEY}\n`);
    const plain = await createRoom(t, ['--name', 'Lobby'], {APP_ID: 'shop', APP_KEY_FILE: secret, PLATFORM_URL});
    assert.deepEqual([plain.code, plain.err], [0, '']);
    assert.doesNotMatch(out + plain.out, /CANARY/);
  });

  test('says in a sentence what was wrong, and exits with 1', async t => {
    const place = await folder(t);
    const {origin} = await start(t, join(place, 'rooms.db'));
    const other = createServer(socket => socket.end('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi')).listen(0);
    await once(other, 'listening');
    t.after(() => other.close());
    const PLATFORM_URL = `${origin}/video/v2`;
    const env = {...APP, PLATFORM_URL};
    const empty = join(place, 'empty.json');
    await writeFile(empty, '{"id": "CANARY"}');
    const lobby = ['--name', 'Lobby'];
    const refusals: [args: string[], env: Record<string, string>, sentence: RegExp][] = [
      [[], env, /^--name is missing\.\n/],
      [['--name', ' '], env, /^--name is missing\.\n/],
      [['--name', 'x'.repeat(201)], env, /^--name must be text of at most 200 characters\.\n/],
      [[...lobby, '--scheduled-time', '2099-12-01 18:00:00'], env, /^A room has --scheduled-time and --duration, or/],
      [[...lobby, '--duration', '9'], env, /^A room has --scheduled-time and --duration, or neither\.\n/],
      [
        [...lobby, '--scheduled-time', '2099-12-01T18:00Z', '--duration', '9'],
        env,
        /^--scheduled-time must be a time as YYYY-MM-DD HH:MM:SS in UTC\.\n/,
      ],
      [
        [...lobby, '--scheduled-time', '2001-12-01 18:00:00', '--duration', '9'],
        env,
        /^--scheduled-time: Send a time in the future, in UTC\.\n/,
      ],
      [[...lobby, '--scheduled-time', '2099-12-01 18:00:00', '--duration', 'long'], env, /^--duration must be /],
      [[...lobby, '--participants', 'many'], env, /^--participants must be at least 1/],
      [[...lobby, '--mode', 'party'], env, /^--mode must be group or lecture\.\n/],
      [
        [...lobby, '--adhoc', '--scheduled-time', '2099-12-01 18:00:00', '--duration', '9'],
        env,
        /^A room is --adhoc or has a --scheduled-time, but not both\.\n/,
      ],
      [lobby, {...env, APP_KEY: 'wrong'}, /^The platform at http:\S+\/video\/v2 does not take this id and key\.\n/],
      [lobby, {...env, APP_KEY: ''}, /^An application has an id and a key\.\n/],
      [lobby, {...env, APP_ID: 'a:b'}, /^The id or the key is not plain text\.\n/],
      [lobby, {PLATFORM_URL, DATABASE_URL: join(place, 'none.db')}, /^There is no file \S+none\.credentials\.json\.\n/],
      [[...lobby, '--credentials', empty], {PLATFORM_URL}, /^\S+empty\.json does not hold an id and a key\.\n/],
      [[...lobby, '--credentials', place], {PLATFORM_URL}, /^\S+ cannot be read \(EISDIR\)\.\n/],
      [lobby, {...env, PLATFORM_URL: 'http://127.0.0.1:1/video/v2'}, /^Nothing answers at http:\S+:1\/video\/v2\.\n/],
      [lobby, {...env, PLATFORM_URL: origin}, /^What answers at \S+ is no platform\.\n/],
      [
        lobby,
        {...env, PLATFORM_URL: `http://127.0.0.1:${(other.address() as AddressInfo).port}`},
        /^What answers at \S+ is no platform\.\n/,
      ],
      [lobby, {...env, PLATFORM_URL: 'http://video.example/v2'}, /^The platform must be reached over https, /],
      [lobby, {...env, PLATFORM_URL: 'video.example'}, /^The platform’s address is not an http\(s\) address/],
      [lobby, {...env, PLATFORM_URL: 'https://u:CANARY@video.example'}, /^The platform’s address is not an http/],
    ];
    await Promise.all(
      refusals.map(async ([args, env, sentence]) => {
        const {code, out, err} = await createRoom(t, args, env);
        const what = `${args.join(' ')}: ${err}`;
        assert.match(err, sentence, what);
        assert.match(err, /^.+\n.+\n$/, what);
        assert.deepEqual([code, out], [1, ''], what);
        assert.doesNotMatch(err, /CANARY/, what);
      }),
    );
  });

  test('explains every option with --help, also those of the settings', async t => {
    const {code, out} = await createRoom(t, ['--help']);
    assert.equal(code, 0);
    for (const option of ['name', 'owner', 'scheduled-time', 'duration', 'url', 'credentials', 'mode', 'no-abwd']) {
      assert.match(out, new RegExp(`^  --${option}\\b`, 'm'));
    }
    const {code: unknown, err} = await createRoom(t, ['--colour']);
    assert.equal(unknown, 2);
    assert.match(err, /^Unknown option '--colour'/);
  });
});
