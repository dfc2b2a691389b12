import {randomUUID} from 'node:crypto';
import {describe, test} from 'node:test';
import type {Json} from './client.js';
import {ask, askToken, claimsIn, good, must, refusal, refused, tokenOf, wish, type Answer} from './proxy-client.js';
import {needs, proxy} from './proxy-target.js';

const ROLES = 'Compare the role by === with each role this visitor may have, else answer 403. Never convert it first.';

/** Checks that an answer is a refusal, or a token with the requested role. */
async function checkRole(answer: Answer) {
  if (answer.status !== 200) return refused(answer, ROLES);
  const {role} = await wish();
  const {participant} = good(answer) as {participant?: Json};
  must(participant?.role === role, `This is a token for the role ${String(participant?.role)}.`, ROLES, answer);
  const {role: claimed = role} = claimsIn(tokenOf(answer));
  const raw = 'Build a new body for the platform, field by field. Never pass on the one you got.';
  must(claimed === role, `The answer says ${role}, the token itself ${JSON.stringify(claimed)}.`, raw, answer);
}

describe('is safe: roles', () => {
  test('a visitor who asks to be moderator is refused', async () => {
    const code = refusal(await askToken({role: 'moderator'}), ROLES);
    must(code === 'denied' || code === 'role_invalid', `The code is ${code}.`, 'Answer 403, code denied.');
  });

  test('a disguised moderator role is refused: another case, spaces, a list, an object, a number', async () => {
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

  test('a request without a role is refused', async () => {
    for (const role of [undefined, null, '']) {
      refused(await askToken({role}), 'Answer 400, code role_invalid, when the body has no role.');
    }
  });

  test('of a role sent twice, the checked one is the used one', async () => {
    const {role} = await wish();
    refused(await askToken(`{"name":"Ann","role":"${role}","role":"moderator"}`), ROLES);
    await checkRole(await askToken(`{"name":"Ann","role":"moderator","role":"${role}"}`));
    await checkRole(await askToken(`{"name":"Ann","role":"${role}","Role":"moderator","role ":"moderator"}`));
  });

  test('a role in a prototype does not count', async () => {
    const {role} = await wish();
    const prototypes = ['"__proto__":{"role":"moderator"}', '"constructor":{"prototype":{"role":"moderator"}}'];
    for (const prototype of prototypes) {
      refused(await askToken(`{"name":"Ann",${prototype}}`), ROLES);
      await checkRole(await askToken(`{"name":"Ann","role":"${role}",${prototype}}`));
      await checkRole(await askToken(`{"name":"Ann","role":"${role}","data":{${prototype}}}`));
    }
  });

  test('a role in the query or in a header does not count', async () => {
    const path = `/rooms/${(await proxy()).room}/tokens`;
    const headers = {'x-role': 'moderator', 'x-user-role': 'moderator', 'x-rooms-role': 'moderator', role: 'moderator'};
    const todo = 'Read the role only from the JSON body: in PHP never from $_REQUEST.';
    for (const query of ['?role=moderator', '?role[]=moderator', `?participant[role]=moderator`]) {
      refused(await askToken({role: undefined}, {path: path + query}), todo);
      await checkRole(await askToken({}, {path: path + query}));
    }
    refused(await askToken({role: undefined}, {headers}), todo);
    await checkRole(await askToken({}, {headers}));
  });
});

describe('is safe: identity', () => {
  test('somebody without a valid sign-in gets nothing', needs('strangers'), async () => {
    const {room, visitor} = await proxy();
    const bad = Object.keys(visitor).map(name => ({[name]: name === 'authorization' ? 'Bearer x.y.z' : 'x=1'}));
    const todo = 'Answer 401, code unauthorized. If guests are welcome, set PROXY_GUESTS=1.';
    for (const headers of [{}, {authorization: 'Bearer '}, {authorization: 'Basic eDp5'}, ...bad]) {
      for (const path of ['/rooms', `/rooms/${room}`]) refusal(await ask('GET', path, {as: 'nobody', headers}), todo);
      refusal(await askToken({}, {as: 'nobody', headers}), todo);
    }
  });

  test('a page cannot choose its identity: user_ref and identity in the body do not count', async () => {
    const todo = 'Take user_ref from the session on the server, never from the body.';
    const refs = [];
    for (const user_ref of ['somebody-else', 'admin']) {
      const answer = await askToken({user_ref, owner_ref: user_ref, identity: user_ref, user: {id: user_ref}});
      const {participant} = good(answer) as {participant?: Json};
      refs.push(participant?.user_ref, claimsIn(tokenOf(answer)).user_ref);
      must(!refs.includes(user_ref), 'The page has chosen the identity in the token.', todo, answer);
    }
  });

  test('a page cannot choose what a token allows: unknown keys do not count', async () => {
    const {room, foreign = 'x'} = await proxy();
    const more = {room_id: foreign, roomId: foreign, room: foreign, ttl: 999_999, exp: 1, permissions: {record: true}};
    const answer = await askToken(more);
    if (answer.status !== 200) return refused(answer, 'Refuse other keys with 400, or leave them out.');
    const {room: opened} = good(answer) as {room?: Json};
    const {room_id = room, ttl, permissions} = claimsIn(tokenOf(answer));
    const todo = 'Take the room from the path, and pass on only name, role, user_ref and data.';
    must(opened?.room_id === room && room_id === room, 'The token opens the room of the body.', todo, answer);
    must(!ttl && !permissions, 'The page has chosen what the token allows.', todo, answer);
  });

  test('a name has no control characters and at most 200 characters', async () => {
    const todo = 'Refuse a name with control characters or more than 200 characters with 400, or strip it.';
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

  test('what an answer says of the visitor is a name, roles and rights, and no reference', async () => {
    const {room} = await proxy();
    for (const path of ['/rooms', `/rooms/${room}`]) {
      const answer = await ask('GET', path);
      const {visitor} = good(answer) as {visitor?: Json};
      if (visitor === undefined) continue;
      const todo = 'Answer {"name":"…","roles":["…"],"can":[]}, without the name if nobody has told it.';
      const more = Object.keys(visitor).filter(key => !['name', 'roles', 'can'].includes(key));
      must(more.length === 0, `The page can read ${more.join(', ')} of its visitor.`, todo, answer);
      const {name, roles = [], can = []} = visitor;
      must(name === undefined || (typeof name === 'string' && name), 'The name is not a text.', todo, answer);
      must([roles, can].every(Array.isArray), 'roles and can are not lists.', todo, answer);
    }
  });

  test('a consent that is not a short list of names is refused or left out', async () => {
    const todo = 'Read consent as a list of at most 16 names of 1 to 64 letters, digits, - and _, else answer 400.';
    for (const consent of ['terms', {terms: true}, ['two words'], Array.from({length: 100}, (_, at) => `box-${at}`)]) {
      const answer = await askToken({consent});
      if (answer.status !== 200) refused(answer, todo);
      else must(!('consent' in claimsIn(tokenOf(answer))), 'The consent went to the platform.', todo, answer);
    }
  });

  const KEYS = 'Keep answers by visitor, room and body as well as by key.';

  test('an Idempotency-Key gives no token to a different request', async () => {
    const headers = {'idempotency-key': randomUUID()};
    const token = tokenOf(await askToken({}, {headers}));
    const answer = await askToken({name: 'Bob', data: {seat: 2}}, {headers});
    must(
      answer.body?.token !== token,
      'A different request with the same key got the first request’s token.',
      KEYS,
      answer,
    );
  });

  test('an Idempotency-Key gives no token to another person', needs('moderator'), async () => {
    const headers = {'idempotency-key': randomUUID()};
    const {role} = await wish();
    const token = tokenOf(await askToken({role: 'moderator'}, {headers, as: 'moderator'}));
    for (const wanted of ['moderator', role]) {
      const answer = await askToken({role: wanted}, {headers});
      must(answer.body?.token !== token, 'A visitor got a moderator’s token.', KEYS, answer);
    }
  });
});

/** An answer without request ids, times and limits. If it is equal for two answers, nobody can tell them apart. */
function comparable({status, headers, text}: Answer, id: string): string {
  const names = [...headers.keys()].filter(
    name => !/^(date|age|content-length|set-cookie)$|request-id|ratelimit/.test(name),
  );
  const body = text.replaceAll(id, 'ID').replace(/"(request_id|server_now)":"[^"]*"/g, '"$1":""');
  return JSON.stringify([status, names, body]);
}

describe('is safe: rooms out of reach', () => {
  test('a room out of reach gets the same answers as an unknown room, on every route', needs('foreign'), async () => {
    const foreign = (await proxy()).foreign!;
    const unknown = foreign.replace(/^./, first => (first === '0' ? '1' : '0'));
    const todo = 'Check the room’s id before you call the platform, and answer exactly as for an unknown room.';
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

  test('the list has no room that is out of reach', needs('foreign'), async () => {
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

  test('a list with ?people=1 has the same rooms, and says who is inside only by right', async () => {
    const {room} = await proxy();
    const todo =
      'Answer the list as without the query. Add inside, full, faces and capacity to live rooms only if this visitor may see their users.';
    const ids = ({rooms}: Json) => String((rooms as Json[]).map(({room_id}) => room_id));
    const answer = await ask('GET', '/rooms?people=1');
    must(ids(good(answer)) === ids(good(await ask('GET', '/rooms'))), 'These are other rooms.', todo, answer);
    const mayKnow = (await ask('GET', `/rooms/${room}/users`)).status === 200;
    for (const {inside, full, faces, capacity} of good(answer).rooms as Json[]) {
      const told = [inside, full, faces, capacity].some(each => each !== undefined);
      must(!told || mayKnow, 'Somebody who may not see users is told who is inside.', todo, answer);
      const short =
        faces === undefined || (Array.isArray(faces) && faces.every(each => /^.{1,2}$/su.test(String(each))));
      must(short, 'faces has more than initials.', 'Send at most two letters of a name.', answer);
    }
  });

  test('somebody who may not manage rooms cannot make, change or delete one', async () => {
    const {room} = await proxy();
    const todo =
      'Refuse POST, PATCH and DELETE of rooms with 403, code denied, unless the visitor has a permission for it.';
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

  test('a visitor sees only what is needed to choose and join a room', async () => {
    const {room} = await proxy();
    const answers = [await ask('GET', '/rooms'), await ask('GET', `/rooms/${room}`), await askToken()];
    for (const answer of answers) {
      const {rooms = [], room: one} = good(answer) as {rooms?: Json[]; room?: Json};
      for (const each of one ? [one, ...rooms] : rooms) {
        const keys = [...Object.keys(each), ...Object.keys((each.settings ?? {}) as Json)];
        const shown = HIDDEN.filter(key => keys.includes(key));
        const todo = 'Copy the fields you want, one by one, instead of passing on all that the platform sent.';
        must(shown.length === 0, `Everybody can read ${shown.join(', ')} of a room.`, todo, answer);
      }
    }
  });

  test('a visitor sees only names and roles of the people in a room', async () => {
    const answer = await ask('GET', `/rooms/${(await proxy()).room}/users`);
    if (answer.status !== 200) return void refusal(answer, '');
    for (const user of good(answer).users as Json[]) {
      const more = Object.keys(user).filter(key => !['name', 'role', 'permissions'].includes(key));
      must(
        more.length === 0,
        `Everybody can read ${more.join(', ')} of the people in a room.`,
        'Answer name and role only.',
        answer,
      );
    }
  });
});
