import {randomUUID} from 'node:crypto';
import {describe, test} from 'node:test';
import {UNKNOWN_ROOM, type Json} from './client.js';
import {ask, askToken, good, must, refusal, refused, tokenOf, wish, type Answer} from './proxy-client.js';
import {needs, proxy} from './proxy-target.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

const room = async () => (await proxy()).room;
const getRoom = async () => ask('GET', `/rooms/${await room()}`);

function checkTime(value: unknown, member: string, answer: Answer): number {
  const todo = `Send ${member} in ISO 8601, UTC: "2030-01-07T16:00:00Z"; in PHP gmdate('Y-m-d\\TH:i:s\\Z').`;
  must(typeof value === 'string' && TIME.test(value), `${member} is missing or not a time.`, todo, answer);
  return Date.parse(value);
}

function checkRoom(value: unknown, answer: Answer) {
  const {room_id, name, settings} = (value ?? {}) as Json;
  const todo = 'Pass on room_id, name and settings as in the Rooms API. The elements leave out a room without them.';
  const form = typeof room_id === 'string' && /^[A-Za-z0-9_-]{1,64}$/.test(room_id);
  must(form, 'A room has no room_id of 1 to 64 letters, digits, - and _.', todo, answer);
  must(typeof name === 'string', 'A room has no name.', todo, answer);
  const empty = 'In PHP an empty array prints as []: cast it, (object) $settings.';
  const isObject = typeof settings === 'object' && settings !== null && !Array.isArray(settings);
  must(isObject, 'The settings of a room are not an object.', empty, answer);
}

describe('works with the elements: rooms', () => {
  test('the list is {"result":0,"rooms":[…]}, and the room is in it', async () => {
    const answer = await ask('GET', '/rooms');
    const {rooms} = good(answer);
    must(Array.isArray(rooms), 'rooms is not an array.', 'In PHP print a list with array_values().', answer);
    const ids = (rooms as Json[]).map(each => each.room_id);
    must(ids.includes(await room()), 'The room of PROXY_ROOM is not listed.', 'List all rooms in reach.', answer);
  });

  test('one room is {"result":0,"room":{…}}', async () => {
    const answer = await getRoom();
    const {room_id} = (good(answer).room ?? {}) as Json;
    must(room_id === (await room()), 'This is not the room.', 'Answer {"result":0,"room":{"room_id":…}}.', answer);
  });

  test('a room has its room_id, name and settings, in the list and by itself', async () => {
    const [list, one] = [await ask('GET', '/rooms'), await getRoom()];
    for (const each of good(list).rooms as Json[]) checkRoom(each, list);
    checkRoom(good(one).room, one);
  });

  test('answers have the time as server_now, by which the elements count down', async () => {
    for (const answer of [await ask('GET', '/rooms'), await getRoom(), await askToken()]) {
      checkTime(good(answer).server_now, 'server_now', answer);
    }
  });

  test('an unknown room gets 404 with the code not_found', async () => {
    const answer = await ask('GET', `/rooms/${UNKNOWN_ROOM}`);
    const todo = 'Answer 404 with the code not_found.';
    must(refusal(answer, todo) === 'not_found', 'The code is a different one.', todo, answer);
    must(answer.status === 404, 'The status is a different one.', todo, answer);
  });

  test('the people in a room are {"total","users":[…]}, or a refusal that the elements can read', async () => {
    const answer = await ask('GET', `/rooms/${await room()}/users`);
    if (answer.status !== 200) return void refusal(answer, '');
    const {users, total} = good(answer);
    const length = Array.isArray(users) ? users.length : -1;
    must(length === Number(total), 'total is not the number of users.', 'Answer {"total":0,"users":[]}.', answer);
  });

  test(
    'a manager makes a room, only one per Idempotency-Key, changes it and deletes it',
    needs('manager'),
    async () => {
      const once = {
        as: 'manager',
        headers: {'idempotency-key': randomUUID()},
        body: {name: 'Made', settings: {}},
      } as const;
      const made = await ask('POST', '/rooms', once);
      const {room_id} = good(made).room as Json;
      const at = `/rooms/${String(room_id)}`;
      const again = await ask('POST', '/rooms', once);
      const same = (good(again).room as Json).room_id === room_id;
      must(same, 'The same Idempotency-Key made two rooms.', 'Keep the answer by visitor and key.', again);
      good(await ask('PATCH', at, {as: 'manager', body: {name: 'Renamed'}}));
      const read = await ask('GET', at, {as: 'manager'});
      must(
        (good(read).room as Json).name === 'Renamed',
        'The change is missing.',
        'Do not cache a room for long.',
        read,
      );
      good(await ask('DELETE', at, {as: 'manager'}));
      refusal(await ask('GET', at, {as: 'manager'}), 'Do not answer with a deleted room from a cache.');
    },
  );
});

describe('works with the elements: tokens', () => {
  test('a token is one line of text in {"result":0,"token":…}', async () => {
    const answer = await askToken();
    const fits = /^\S{1,16384}$/.test(tokenOf(answer));
    must(
      fits,
      'The token has spaces or line breaks, or is too long.',
      'Pass on the token that the platform sent.',
      answer,
    );
  });

  test('a token comes with its end: expires_at, after server_now', async () => {
    const answer = await askToken();
    const {expires_at, server_now} = good(answer);
    const left = checkTime(expires_at, 'expires_at', answer) - checkTime(server_now, 'server_now', answer);
    must(left > 0, 'The token has expired already.', 'Take both times from the same clock, in UTC.', answer);
  });

  test('a token comes with its room and its participant', async () => {
    const answer = await askToken();
    const {room: opened, participant} = good(answer) as {room?: Json; participant?: Json};
    checkRoom(opened, answer);
    must(opened!.room_id === (await room()), 'This is a different room.', 'Send the room of the request.', answer);
    const {role} = await wish();
    const todo = 'Send {"participant":{"name","role","user_ref"}} with the values the token was made with.';
    must(participant?.role === role, 'The participant has not the requested role.', todo, answer);
    must(typeof participant?.name === 'string', 'The participant has no name.', todo, answer);
    must(participant.user_ref !== undefined, 'The participant has no user_ref.', todo, answer);
  });

  test('a name in any script arrives as typed, unless the proxy knows a better one', async () => {
    const nameOf = async (name: string) => {
      const answer = await askToken({name});
      return (good(answer).participant as Json | undefined)?.name;
    };
    const typed = 'Žoë 🎤 <b>&amp;"';
    const got = await nameOf(typed);
    const todo = 'Read names as UTF-8 and escape nothing: the elements show plain text.';
    must(got === typed || got === (await nameOf('Ann')), `“${typed}” became “${String(got)}”.`, todo);
  });

  test('a token request may carry data of at most five keys', async () => {
    tokenOf(await askToken({data: {seat: '4', team: {name: 'red'}}}));
    const six = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map(key => [key, 1]));
    refusal(await askToken({data: six}), 'Refuse data of more than five keys with 400, code invalid.');
  });

  test('another click gives another token', async () => {
    const [one, two] = [await askToken(), await askToken()];
    const todo = 'Reuse a token only for the same Idempotency-Key: a token admits one connection, once.';
    must(tokenOf(one) !== tokenOf(two), 'Two requests got the same token.', todo, two);
  });

  test('the same Idempotency-Key gives the same token, even while the first is on its way', async () => {
    const headers = {'idempotency-key': randomUUID()};
    const answers = await Promise.all(Array.from({length: 5}, () => askToken({}, {headers})));
    answers.push(await askToken({}, {headers}));
    const tokens = new Set(answers.map(tokenOf));
    const wrong = `One click, sent ${answers.length} times, gave ${tokens.size} tokens.`;
    must(
      tokens.size === 1,
      wrong,
      'Keep the answer for 30 s by visitor, room and key, and let later requests wait for it.',
    );
  });

  test('a moderator who asks for that role gets it', needs('moderator'), async () => {
    const answer = await askToken({role: 'moderator'}, {as: 'moderator'});
    const {role} = (good(answer).participant ?? {}) as Json;
    must(
      role === 'moderator',
      'The token has a different role.',
      'Give the requested role, or refuse with 403.',
      answer,
    );
  });
});

/** Answers to requests that every proxy refuses, each for a different reason. */
async function refusedAlways(): Promise<Answer[]> {
  const at = `/rooms/${await room()}`;
  return [
    await ask('GET', `/rooms/${UNKNOWN_ROOM}`),
    await ask('POST', `/rooms/${UNKNOWN_ROOM}/tokens`, {body: await wish()}),
    await askToken({role: undefined}),
    await askToken({role: 'boss'}),
    await askToken('{"name":"Ann",'),
    await askToken('[]'),
    await askToken('null'),
    await askToken('"text"'),
    await askToken(JSON.stringify(await wish()) + ' trailing'),
    await ask('GET', '/nowhere'),
    await ask('GET', `${at}/nowhere`),
    await ask('PUT', at, {body: {}}),
    await ask('DELETE', '/rooms'),
  ];
}

describe('works with the elements: answers', () => {
  test('every refusal is {"result","error","code"} with a status from 400 to 499', async () => {
    for (const answer of await refusedAlways()) {
      refusal(answer, 'Answer 400 if the body cannot be read, 404 or 405 if there is no such route.');
    }
  });

  test('every answer is JSON with the JSON content type', async () => {
    for (const answer of [await ask('GET', '/rooms'), await getRoom(), await askToken(), ...(await refusedAlways())]) {
      const type = answer.headers.get('content-type') ?? '';
      const says = `The type is “${type}”.`;
      must(/^application\/json\s*(;|$)/i.test(type), says, "header('Content-Type: application/json').", answer);
      const todo = 'Print nothing else: no notice, no warning, no byte order mark, no error page.';
      must(answer.body, 'The body is not a JSON object.', todo, answer);
    }
  });

  test('a trailing slash gives the same route or a refusal, never a redirect', async () => {
    const at = `/rooms/${await room()}`;
    for (const path of ['/rooms/', `${at}/`]) {
      const answer = await ask('GET', path);
      if (answer.status === 200) good(answer);
      else refused(answer, 'Answer directly, or 404: the elements follow no redirect.');
    }
    const answer = await askToken({}, {path: `${at}/tokens/`});
    if (answer.status === 200) tokenOf(answer);
    else refused(answer, 'Answer directly, or 404: the elements follow no redirect.');
  });

  test('no cache may keep an answer', async () => {
    const kept = [await getRoom(), await askToken(), await ask('GET', `/rooms/${UNKNOWN_ROOM}`)];
    const control = ({headers}: Answer) => headers.get('cache-control') ?? '';
    for (const answer of kept) {
      const wrong = `Cache-Control is “${control(answer)}”: a cache could give a token or a refusal to somebody else.`;
      must(/\bno-store\b/i.test(control(answer)), wrong, "header('Cache-Control: no-store').", answer);
    }
    const list = await ask('GET', '/rooms');
    const asks = /\bno-(store|cache)\b/i.test(control(list)) && !/\bpublic\b/i.test(control(list));
    must(asks, 'A cache may keep the list of rooms.', 'Send no-store, or private, no-cache with an ETag.', list);
  });
});
