import {randomUUID} from 'node:crypto';
import {describe, test} from 'node:test';
import type {Json} from './client.js';
import {ask, askToken, claimsIn, good, must, refusal, refused, tokenOf, wish, type Answer} from './proxy-client.js';
import {needs, proxy} from './proxy-target.js';

const ROLES =
  'Compare the role with === with each role this visitor may have, and answer 403; change nothing about it.';

/** A refusal, or a token of the role asked for; never one of another. */
async function checkRole(answer: Answer) {
  if (answer.status !== 200) return refused(answer, ROLES);
  const {role} = await wish();
  const {participant} = good(answer) as {participant?: Json};
  must(participant?.role === role, `This is a token of ${String(participant?.role)}.`, ROLES, answer);
  const {role: claimed = role} = claimsIn(tokenOf(answer));
  const raw = 'Make a new body for the platform, field by field; never hand on the one that came.';
  must(claimed === role, `The answer says ${role}, the token itself ${JSON.stringify(claimed)}.`, raw, answer);
}

describe('it is safe: roles', () => {
  test('a visitor who asks to be moderator is refused', async () => {
    const code = refusal(await askToken({role: 'moderator'}), ROLES);
    must(code === 'denied' || code === 'role_invalid', `The code is ${code}.`, 'Answer 403, code denied.');
  });

  test('so is one who asks in other words: another case, spaces, a list, an object, a number', async () => {
    const words = [
      'Moderator',
      'MODERATOR',
      ' moderator',
      'moderator\n',
      'moder\u0000ator',
      'ｍoderator',
      'participant,moderator',
    ];
    const things: unknown[] = [
      ['moderator'],
      [['moderator']],
      {role: 'moderator'},
      {toString: 'moderator'},
      true,
      0,
      1,
    ];
    for (const role of [...words, ...things, 'owner', 'admin', 'host', '__proto__', 'constructor']) {
      refused(await askToken({role}), ROLES);
    }
  });

  test('so is one who names no role: nothing is taken for granted', async () => {
    for (const role of [undefined, null, '']) {
      refused(await askToken({role}), 'Answer 400, code role_invalid, when the body has no role.');
    }
  });

  test('a role that is sent twice is not checked once and used the other time', async () => {
    const {role} = await wish();
    refused(await askToken(`{"name":"Ann","role":"${role}","role":"moderator"}`), ROLES);
    await checkRole(await askToken(`{"name":"Ann","role":"moderator","role":"${role}"}`));
    await checkRole(await askToken(`{"name":"Ann","role":"${role}","Role":"moderator","role ":"moderator"}`));
  });

  test('a role in a prototype is none', async () => {
    const {role} = await wish();
    const prototypes = ['"__proto__":{"role":"moderator"}', '"constructor":{"prototype":{"role":"moderator"}}'];
    for (const prototype of prototypes) {
      refused(await askToken(`{"name":"Ann",${prototype}}`), ROLES);
      await checkRole(await askToken(`{"name":"Ann","role":"${role}",${prototype}}`));
      await checkRole(await askToken(`{"name":"Ann","role":"${role}","data":{${prototype}}}`));
    }
  });

  test('a role in the query or in a header is none', async () => {
    const path = `/rooms/${(await proxy()).room}/tokens`;
    const headers = {'x-role': 'moderator', 'x-user-role': 'moderator', 'x-rooms-role': 'moderator', role: 'moderator'};
    const todo = 'Read the role from the JSON body alone: in PHP never from $_REQUEST.';
    for (const query of ['?role=moderator', '?role[]=moderator', `?participant[role]=moderator`]) {
      refused(await askToken({role: undefined}, {path: path + query}), todo);
      await checkRole(await askToken({}, {path: path + query}));
    }
    refused(await askToken({role: undefined}, {headers}), todo);
    await checkRole(await askToken({}, {headers}));
  });
});

describe('it is safe: who somebody is', () => {
  test('somebody unknown gets nothing', needs('strangers'), async () => {
    const {room, visitor} = await proxy();
    const bad = Object.keys(visitor).map(name => ({[name]: name === 'authorization' ? 'Bearer x.y.z' : 'x=1'}));
    const todo = 'Answer 401, code unauthorized, unless guests are welcome; then set PROXY_GUESTS=1.';
    for (const headers of [{}, {authorization: 'Bearer '}, {authorization: 'Basic eDp5'}, ...bad]) {
      for (const path of ['/rooms', `/rooms/${room}`]) refusal(await ask('GET', path, {as: 'nobody', headers}), todo);
      refusal(await askToken({}, {as: 'nobody', headers}), todo);
    }
  });

  test('a page cannot say who asks: user_ref and identity in the body count for nothing', async () => {
    const todo = 'Take user_ref from the session on the server, never from the body.';
    const refs = [];
    for (const user_ref of ['somebody-else', 'admin']) {
      const answer = await askToken({user_ref, owner_ref: user_ref, identity: user_ref, user: {id: user_ref}});
      const {participant} = good(answer) as {participant?: Json};
      refs.push(participant?.user_ref, claimsIn(tokenOf(answer)).user_ref);
      must(!refs.includes(user_ref), 'The token is for whom the page said.', todo, answer);
    }
  });

  test('a page cannot say what a token allows: keys that nobody asked for count for nothing', async () => {
    const {room, foreign = 'x'} = await proxy();
    const more = {room_id: foreign, roomId: foreign, room: foreign, ttl: 999_999, exp: 1, permissions: {record: true}};
    const answer = await askToken(more);
    if (answer.status !== 200) return refused(answer, 'Refuse other keys with 400, or leave them out.');
    const {room: opened} = good(answer) as {room?: Json};
    const {room_id = room, ttl, permissions} = claimsIn(tokenOf(answer));
    const todo = 'The room is the one in the path; hand on name, role, user_ref and data only.';
    must(opened?.room_id === room && room_id === room, 'The token opens the room of the body.', todo, answer);
    must(!ttl && !permissions, 'The token says what the page wanted it to.', todo, answer);
  });

  test('a name cannot break the line it is shown in, or go on for ever', async () => {
    const todo = 'Refuse with 400 what has control characters or more than 200 characters, or strip it.';
    for (const name of ['Ann\r\nSet-Cookie: a=b', 'Ann\u202Egpj', 'Ann\u0000', 'A'.repeat(10_000)]) {
      const answer = await askToken({name});
      if (answer.status !== 200) {
        refused(answer, todo);
        continue;
      }
      const {participant} = good(answer) as {participant?: Json};
      const got = String(participant?.name ?? claimsIn(tokenOf(answer)).name);
      must(
        got.length <= 200 && !/[\p{Cc}\u202A-\u202E\u2066-\u2069]/u.test(got),
        'The name went through.',
        todo,
        answer,
      );
    }
  });

  const KEYS = 'Keep answers by visitor, room and body as well as by key.';

  test('an Idempotency-Key hands no token to another wish', async () => {
    const headers = {'idempotency-key': randomUUID()};
    const token = tokenOf(await askToken({}, {headers}));
    const answer = await askToken({name: 'Bob', data: {seat: 2}}, {headers});
    must(answer.body?.token !== token, 'Another wish with the same key was given the first one’s token.', KEYS, answer);
  });

  test('an Idempotency-Key hands no token to another person', needs('moderator'), async () => {
    const headers = {'idempotency-key': randomUUID()};
    const {role} = await wish();
    const token = tokenOf(await askToken({role: 'moderator'}, {headers, as: 'moderator'}));
    for (const wanted of ['moderator', role]) {
      const answer = await askToken({role: wanted}, {headers});
      must(answer.body?.token !== token, 'A visitor was given a moderator’s token.', KEYS, answer);
    }
  });
});

/** What two answers must have in common when nobody is to tell them apart; names of requests, times and limits are not. */
function comparable({status, headers, text}: Answer, id: string): string {
  const names = [...headers.keys()].filter(
    name => !/^(date|age|content-length|set-cookie)$|request-id|ratelimit/.test(name),
  );
  const body = text.replaceAll(id, 'ID').replace(/"(request_id|server_now)":"[^"]*"/g, '"$1":""');
  return JSON.stringify([status, names, body]);
}

describe('it is safe: what is out of reach', () => {
  test('a room out of reach is answered as one that does not exist, on every route', needs('foreign'), async () => {
    const foreign = (await proxy()).foreign!;
    const unknown = foreign.replace(/^./, first => (first === '0' ? '1' : '0'));
    const todo =
      'Check the room’s id before you ask the platform, and answer as the platform does for an unknown room.';
    const routes: [method: string, below: string, body?: unknown][] = [
      ['GET', ''],
      ['GET', '/users'],
      ['PATCH', '', {name: 'Mine'}],
      ['DELETE', ''],
      ['POST', '/tokens', await wish()],
      ['POST', '/tokens', {name: 'Ann', role: 'moderator'}],
      ['POST', '/tokens', {}],
      ['POST', '/tokens', '{'],
      ['PUT', '', {}],
    ];
    for (const [method, below, body] of routes) {
      const headers = below === '/tokens' ? {'idempotency-key': randomUUID()} : {};
      const [theirs, none] = [
        await ask(method, `/rooms/${foreign}${below}`, {body, headers}),
        await ask(method, `/rooms/${unknown}${below}`, {body, headers}),
      ];
      refused(theirs, todo);
      const same = comparable(theirs, foreign) === comparable(none, unknown);
      must(same, `The answers differ. An unknown room: ${none.status} ${none.text.slice(0, 200)}`, todo, theirs);
    }
  });

  test('the list holds no room that is out of reach', needs('foreign'), async () => {
    const {foreign} = await proxy();
    const answer = await ask('GET', '/rooms');
    const ids = (good(answer).rooms as Json[]).map(each => each.room_id);
    must(
      !ids.includes(foreign),
      'The room of PROXY_FOREIGN_ROOM is listed.',
      'Leave out what is out of reach.',
      answer,
    );
  });

  test('who may not manage rooms makes, changes and deletes none', async () => {
    const {room} = await proxy();
    const todo = 'Refuse POST, PATCH and DELETE of rooms with 403, code denied, without a permission of their own.';
    const before = good(await ask('GET', `/rooms/${room}`)).room as Json;
    refusal(await ask('POST', '/rooms', {body: {name: 'Mine', owner_ref: 'me', settings: {}}}), todo);
    refusal(await ask('PATCH', `/rooms/${room}`, {body: {name: `${String(before.name)}!`}}), todo);
    refusal(await ask('DELETE', `/rooms/${room}`), todo);
    const after = await ask('GET', `/rooms/${room}`);
    must((good(after).room as Json).name === before.name, 'The room was changed.', todo, after);
  });

  const HIDDEN = [
    'owner_ref',
    'sip',
    'data',
    'billing_code',
    'hls_view_url',
    'live_recording',
    'role_based_recording',
    'pin',
  ];

  test('a visitor sees nothing of a room but what is needed to choose and join it', async () => {
    const {room} = await proxy();
    const answers = [await ask('GET', '/rooms'), await ask('GET', `/rooms/${room}`), await askToken()];
    for (const answer of answers) {
      const {rooms = [], room: one} = good(answer) as {rooms?: Json[]; room?: Json};
      for (const each of one ? [one, ...rooms] : rooms) {
        const keys = [...Object.keys(each), ...Object.keys((each.settings ?? {}) as Json)];
        const shown = HIDDEN.filter(key => keys.includes(key));
        const todo = 'Answer the fields you name, one by one, not all that the platform sent.';
        must(shown.length === 0, `Everybody can read ${shown.join(', ')} of a room.`, todo, answer);
      }
    }
  });

  test('a visitor sees nothing of who is in a room but names and roles', async () => {
    const answer = await ask('GET', `/rooms/${(await proxy()).room}/users`);
    if (answer.status !== 200) return void refusal(answer, '');
    for (const user of good(answer).users as Json[]) {
      const more = Object.keys(user).filter(key => !['name', 'role', 'permissions'].includes(key));
      must(
        more.length === 0,
        `Everybody can read ${more.join(', ')} of who is in.`,
        'Answer name and role only.',
        answer,
      );
    }
  });
});
