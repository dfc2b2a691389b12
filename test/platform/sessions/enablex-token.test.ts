import assert from 'node:assert/strict';
import {test} from 'node:test';
import {createPlatform, openDatabase, type TokenFormat} from '../../../src/platform/platform.js';
import {readEnablexToken, writeEnablexToken} from '../../../src/platform/sessions/enablex-token.js';
import type {Room} from '../../../src/rooms/room.js';
import {startPlatform, type Json} from '../../helpers/platform/start.js';

const decoded = (token: string) => JSON.parse(Buffer.from(token, 'base64').toString()) as Json;
const encoded = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64');

test('a token of the form enablex is base64 of JSON, and shows of its room what visitors may see', async t => {
  const database = await openDatabase(':memory:');
  const tokenFormat: TokenFormat = {enablex: new URL('https://video.example:8443/')};
  const platform = createPlatform({database, tokenFormat});
  t.after(async () => {
    await platform.close();
    await database.close();
  });
  const {id} = await platform.createApplication();
  const rooms = platform.rooms(id);
  const settings = {mode: 'lecture' as const, billing_code: 'secret', description: 'Daily', live_recording: true};
  const {room_id, created} = await rooms.create({
    name: 'Lobby',
    owner_ref: 'secret-owner',
    settings,
    sip: true,
    data: {key: 'secret'},
  });
  const request = {name: 'Ann', role: 'viewer' as const, user_ref: 'secret-ref', data: {seat: 4}};
  const {token} = await rooms.token(room_id, request);
  assert.match(token, /^[A-Za-z0-9+/]+=*$/);
  const {tokenId, logId, signature, roomMeta, ...rest} = decoded(token);
  assert.deepEqual(rest, {host: 'video.example:8443', secure: true, currentRoomMode: 'lecture', data: {seat: 4}});
  for (const text of [tokenId, logId, signature]) assert.match(String(text), /^\S{16,}$/);
  const {settings: shown, ...meta} = roomMeta as Json & {settings: Json};
  assert.deepEqual(meta, {
    _id: room_id,
    name: 'Lobby',
    service_id: '',
    owner_ref: '',
    sip: {enabled: true},
    data: {},
    created,
  });
  assert.equal(shown.description, 'Daily');
  assert.doesNotMatch(JSON.stringify(decoded(token)), /secret|billing|live_recording/);
});

test('a token of the form enablex admits once, a tampered one never, and a platform takes both forms', async t => {
  const world = await startPlatform(t, {tokenFormat: {enablex: new URL('http://127.0.0.1:4000')}});
  const room = await world.room();
  const other = await world.room();
  const token = await world.token(room);
  const content = decoded(token);
  const meta = content.roomMeta as Json;
  for (const tampered of [
    encoded({...content, roomMeta: {...meta, _id: other}}),
    encoded({...content, signature: 'x'}),
    encoded({...content, signature: 5}),
    encoded({...content, tokenId: 'x'}),
    encoded([]),
    Buffer.from('null').toString('base64'),
    '!',
    '',
  ]) {
    const {type, error} = await (await world.use(tampered)).next();
    assert.deepEqual([type, error], ['refused', 'Token not valid.'], tampered);
  }
  const ann = await world.use(token);
  assert.equal((await ann.next()).type, 'joined');
  assert.equal((await (await world.use(token)).next()).type, 'refused');
});

test('data of more than 4 KB and long settings are left out of a token, so that it stays short', () => {
  const room = {room_id: 'r', name: 'n'.repeat(200), settings: {description: 'x'.repeat(200_000)}} as Room;
  const holder = {name: 'Ann', role: 'viewer' as const, user_ref: 1, data: {a: 'x'.repeat(5000)}};
  const key = Buffer.from('key');
  const token = writeEnablexToken({id: 'id', room, holder, url: new URL('http://x')}, key);
  assert.ok(token.length < 16_384);
  assert.deepEqual(decoded(token).data, {});
  const {id, isSignedBy} = readEnablexToken(token);
  assert.deepEqual([id, isSignedBy(key), isSignedBy(Buffer.from('other'))], ['id', true, false]);
});
