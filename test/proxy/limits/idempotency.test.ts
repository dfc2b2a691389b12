import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {issueGrant, RoomsError, type Rooms, type Store, type Visitor} from '../../../src/proxy/proxy.js';
import type {Room} from '../../../src/rooms/room.js';
import {ORIGIN, plain, recorded, request, room, start, visitor, WISH, type Asked} from '../../helpers/proxy/start.js';
import {STORES} from '../../helpers/proxy/stores.js';

const SECRET = 'a secret of at least 32 bytes, for tests';
const KEY = '0e6f6f5c-5d0e-4f0e-9d0a-2f8f6a3f1c77';
const GUESTS = {authorize: undefined, guests: {roles: ['participant' as const]}};
const TOKENS = ['POST', '/rooms/lobby/tokens'] as const;
const ROOMS = ['POST', '/rooms'] as const;

/** A platform whose tokens and rooms are all different, and that can be made to wait. */
function counting(but: Partial<Rooms> = {}) {
  let made = 0;
  let gate: Promise<void> | undefined;
  let open = () => {};
  const rooms = recorded({
    token: async () => {
      const token = `token${++made}`;
      await gate;
      return {token};
    },
    create: async () => room(`made${++made}`),
    ...but,
  });
  const hold = () => (gate = new Promise(resolve => (open = resolve)));
  const asked = (operation: string) => rooms.calls.filter(([name]) => name === operation).length;
  const until = async (operation: string, count: number) => {
    const end = Date.now() + 20_000;
    while (asked(operation) < count) {
      assert.ok(Date.now() < end, `${operation} was never asked ${count} times.`);
      await new Promise(resolve => setTimeout(resolve, 5));
    }
  };
  return {rooms, asked, hold, open: () => open(), until};
}

const keyed = (key: string, more: Asked = {}): Asked => ({
  body: WISH,
  ...more,
  headers: {'idempotency-key': key, ...more.headers},
});

for (const {name, skip, nodes} of STORES) {
  describe(`double click, Enter + click, retry after a lost answer: a key that is kept ${name}`, {skip}, () => {
    const options = (store: Store) => ({store, storeSecret: SECRET, limits: false as const});

    it('50 parallel same-key requests on 3 nodes: one token, and all get it', async t => {
      const {rooms, asked, hold, open, until} = counting();
      const proxies = (await nodes(t, 3)).map(store => start(rooms, plain(), options(store)));
      hold();
      const asking = Array.from({length: 50}, (_, at) => proxies[at % 3]!.ask(...TOKENS, keyed(KEY)));
      await until('token', 1);
      open();
      const answers = await Promise.all(asking);
      assert.equal(asked('token'), 1);
      for (const {status, text} of answers) assert.deepEqual([status, text], [200, answers[0]!.text]);
      assert.equal(answers[0]!.body.token, 'token1');
    });

    it('gives a later retry the same token, on any node, and another request none', async t => {
      const {rooms, asked} = counting();
      const [one, two] = (await nodes(t, 2)).map(store => start(rooms, plain(), options(store)));
      const {text} = await one!.ask(...TOKENS, keyed(KEY));
      for (const {ask} of [one!, two!]) {
        assert.equal((await ask(...TOKENS, keyed(KEY))).text, text);
        const {status, body} = await ask(...TOKENS, keyed(KEY, {body: {...WISH, name: 'Bob'}}));
        assert.deepEqual([status, body.code, body.key], [422, 'invalid', 'idempotency-key']);
        assert.match(body.error as string, /belongs to another request/);
      }
      assert.equal(asked('token'), 1);
    });

    it('makes one room though the first node lost the answer of the platform, and could not look for it', async t => {
      const made: Room[] = [];
      let away = true;
      const list = async () => {
        if (away) throw new RoomsError('offline', 'No answer.');
        return made;
      };
      const {rooms, asked} = counting({
        list,
        create: async definition => {
          made.push({...room('made'), ...(definition as object)});
          throw new RoomsError('offline', 'No answer.');
        },
      });
      const [one, two] = (await nodes(t, 2)).map(store => start(rooms, visitor({can: ['manage']}), options(store)));
      const sent = keyed(KEY, {body: {name: 'New'}});
      assert.equal((await one!.ask(...ROOMS, sent)).status, 502);
      away = false;
      const {status, body} = await two!.ask(...ROOMS, sent);
      assert.deepEqual([status, (body.room as Room).room_id, asked('create')], [200, 'made', 1]);
    });

    it('does not stand in its own way if the store took the claim and its answers were lost', async t => {
      const {rooms, asked} = counting();
      const [store] = await nodes(t, 1);
      let away = true;
      const lossy: Store = {
        ...store!,
        claim: async (...args) => {
          const claim = await store!.claim(...args);
          if (away) throw new Error('The connection broke.');
          return claim;
        },
        release: async (...args) => (away ? Promise.reject(new Error('No connection.')) : store!.release(...args)),
      };
      const {ask} = start(rooms, null, {...options(lossy), ...GUESTS});
      assert.equal((await ask(...TOKENS, keyed(KEY))).status, 503);
      away = false;
      const began = performance.now();
      assert.equal((await ask(...TOKENS, keyed(KEY))).status, 200);
      assert.ok(performance.now() - began < 5000, 'It waited for its own claim.');
      assert.equal(asked('token'), 1);
    });

    it('belongs to one request while that is still running, too', async t => {
      const {rooms, hold, open, until} = counting();
      const [one, two] = (await nodes(t, 2)).map(store => start(rooms, plain(), options(store)));
      hold();
      const first = one!.ask(...TOKENS, keyed(KEY));
      await until('token', 1);
      for (const {ask} of [one!, two!]) {
        assert.equal((await ask(...TOKENS, keyed(KEY, {body: {...WISH, name: 'Bob'}}))).status, 422);
      }
      open();
      assert.equal((await first).status, 200);
    });

    it('is free again when the first failed: a request that waits on another node runs in its place', async t => {
      let fail = () => {};
      const failing = new Promise<never>((_, reject) => {
        fail = () => reject(new RoomsError('room_full', 'Full.'));
      });
      let tries = 0;
      const {rooms, until} = counting({token: async () => (++tries === 1 ? failing : {token: 'second'})});
      const [one, two] = (await nodes(t, 2)).map(store => start(rooms, plain(), options(store)));
      const first = one!.ask(...TOKENS, keyed(KEY));
      await until('token', 1);
      const second = two!.ask(...TOKENS, keyed(KEY));
      fail();
      assert.deepEqual([(await first).body.code, (await second).body.token], ['room_full', 'second']);
    });

    it('makes one room of two requests, on any node', async t => {
      const {rooms, asked} = counting();
      const [one, two] = (await nodes(t, 2)).map(store => start(rooms, visitor(), options(store)));
      const body = {name: 'New'};
      const {text} = await one!.ask(...ROOMS, keyed(KEY, {body}));
      assert.deepEqual([(await two!.ask(...ROOMS, keyed(KEY, {body}))).text, asked('create')], [text, 1]);
    });
  });
}

describe('a key', () => {
  it('gives no visitor another’s token, whatever they share', async () => {
    let who: Visitor = plain();
    const {rooms} = counting();
    const {ask} = start(rooms, null, {authorize: () => who});
    const tokens: unknown[] = [];
    const asks = async (path = '/rooms/lobby/tokens') => tokens.push((await ask('POST', path, keyed(KEY))).body.token);
    await asks();
    who = plain({user_ref: 'u2'});
    await asks();
    await asks('/rooms/vault/tokens');
    assert.equal(new Set(tokens).size, 3);
  });

  it('of a guest counts with their address, and finds the first one’s token again', async () => {
    const {rooms} = counting();
    const {ask} = start(rooms, null, GUESTS);
    const token = async (ip: string, key = KEY) => (await ask(...TOKENS, keyed(key, {ip}))).body.token;
    const first = await token('192.0.2.1');
    assert.equal(await token('192.0.2.1'), first);
    assert.notEqual(await token('192.0.2.2'), first);
    assert.notEqual(await token('192.0.2.1', KEY.replace('0', '1')), first);
  });

  it('of a visitor with the grant of a page counts with the grant and the address', async () => {
    const may = {roles: ['participant' as const], rooms: '*' as const, origins: [ORIGIN]};
    const grants = {audience: 'tests', keys: [{kid: 'k', secret: SECRET, ...may, maxLifetime: 3600}]};
    const {rooms} = counting();
    const {ask} = start(rooms, null, {...GUESTS, grants});
    const authorization = `Bearer ${await issueGrant(grants, {...may, lifetime: 60})}`;
    const token = async (ip: string, headers: Asked['headers'] = {authorization}) =>
      (await ask(...TOKENS, keyed(KEY, {ip, headers}))).body.token;
    const first = await token('192.0.2.1');
    assert.equal(await token('192.0.2.1'), first);
    assert.notEqual(await token('192.0.2.2'), first);
    assert.notEqual(await token('192.0.2.1', {}), first);
  });

  const WRONG = ['', ' ', 'a b', 'k'.repeat(65), 'k;', 'a,b', '../x', '%00', '"k"', 'k=1'];
  for (const key of WRONG) {
    it(`is 1 to 64 letters, digits, - and _, and not “${key.slice(0, 10)}”`, async () => {
      const {rooms} = counting();
      const {status, body, text} = await start(rooms).ask(...TOKENS, keyed(key));
      assert.deepEqual([status, body.code, body.key], [400, 'invalid', 'idempotency-key']);
      assert.deepEqual(rooms.calls, []);
      if (key.length > 3) assert.doesNotMatch(text, new RegExp(key.slice(0, 20).replace(/[./]/g, '\\$&')));
    });
  }

  it('may be short for signed-in visitors, and must be unguessable for guests', async () => {
    const {rooms} = counting();
    assert.equal((await start(rooms, plain()).ask(...TOKENS, keyed('k'))).status, 200);
    const guest = start(rooms, null, GUESTS);
    const {status, body} = await guest.ask(...TOKENS, keyed('k'.repeat(15)));
    assert.deepEqual([status, body.key], [400, 'idempotency-key']);
    assert.equal((await guest.ask(...TOKENS, keyed('k'.repeat(16)))).status, 200);
  });

  it('is not needed, and without one each request is another', async () => {
    const {rooms} = counting();
    const {ask} = start(rooms, plain());
    const [one, two] = [await ask(...TOKENS, {body: WISH}), await ask(...TOKENS, {body: WISH})];
    assert.notEqual(one.body.token, two.body.token);
  });

  it('lets a failed try be tried again', async () => {
    let tries = 0;
    const {rooms} = counting({
      token: async () => {
        if (++tries === 1) throw new RoomsError('room_full', 'Full.');
        return {token: 'second'};
      },
    });
    const {ask} = start(rooms, plain());
    assert.equal((await ask(...TOKENS, keyed(KEY))).body.code, 'room_full');
    assert.equal((await ask(...TOKENS, keyed(KEY))).body.token, 'second');
  });

  it('keeps the answer for a visitor who left before it', async () => {
    const {rooms, asked, hold, open, until} = counting();
    const {proxy, ask} = start(rooms, plain());
    hold();
    const leaving = new AbortController();
    const first = proxy(request(...TOKENS, keyed(KEY, {signal: leaving.signal})));
    await until('token', 1);
    leaving.abort();
    assert.equal((await first).status, 499);
    open();
    const {body} = await ask(...TOKENS, keyed(KEY));
    assert.deepEqual([body.token, asked('token')], ['token1', 1]);
  });

  it('runs to its end after the visitor left, with waitUntil', async () => {
    const {rooms, asked, hold, open, until} = counting();
    const {proxy} = start(rooms, plain());
    hold();
    const leaving = new AbortController();
    const begun: Promise<unknown>[] = [];
    const caller = {waitUntil: (work: Promise<unknown>) => void begun.push(work)};
    const first = proxy(request(...TOKENS, keyed(KEY, {signal: leaving.signal})), caller);
    await until('token', 1);
    leaving.abort();
    open();
    assert.deepEqual([(await first).status, begun.length, asked('token')], [200, 1, 1]);
    await Promise.all(begun);
  });

  it('lets one of two waiting requests leave, and answers the other', async () => {
    const {rooms, hold, open, until} = counting();
    const {proxy, ask} = start(rooms, plain());
    hold();
    const leaving = new AbortController();
    const first = proxy(request(...TOKENS, keyed(KEY, {signal: leaving.signal})));
    await until('token', 1);
    const second = ask(...TOKENS, keyed(KEY));
    leaving.abort();
    assert.equal((await first).status, 499);
    open();
    assert.equal((await second).body.token, 'token1');
  });

  it('keeps a token for half a minute, and a room for a day', async t => {
    t.mock.timers.enable({apis: ['Date'], now: 1_000_000});
    const {rooms} = counting();
    const {ask} = start(rooms, visitor());
    const token = async () => (await ask(...TOKENS, keyed(KEY))).body.token;
    const made = async () =>
      ((await ask(...ROOMS, keyed(KEY, {body: {name: 'New'}}))).body.room as {room_id: string}).room_id;
    const [firstToken, firstRoom] = [await token(), await made()];
    t.mock.timers.tick(29_999);
    assert.equal(await token(), firstToken);
    t.mock.timers.tick(1);
    assert.notEqual(await token(), firstToken);
    t.mock.timers.tick(24 * 3_600_000 - 30_001);
    assert.equal(await made(), firstRoom);
    t.mock.timers.tick(1);
    assert.notEqual(await made(), firstRoom);
  });

  it('gives nobody what they may not do any more', async () => {
    let who = visitor();
    const {rooms} = counting();
    const {ask} = start(rooms, null, {authorize: () => who});
    const body = {name: 'New'};
    assert.equal((await ask(...TOKENS, keyed(KEY))).status, 200);
    assert.equal((await ask(...ROOMS, keyed(KEY, {body}))).status, 200);
    const lost: [who: Visitor, method: string, path: string, asked: Asked, status: number][] = [
      [visitor({roles: ['viewer']}), ...TOKENS, keyed(KEY), 403],
      [visitor({rooms: ['vault']}), ...TOKENS, keyed(KEY), 404],
      [plain(), ...ROOMS, keyed(KEY, {body}), 403],
    ];
    for (const [now, method, path, asked, status] of lost) {
      who = now;
      assert.equal((await ask(method, path, asked)).status, status);
    }
  });

  it('goes upstream only as a hash', async () => {
    const sent: unknown[] = [];
    const create: Rooms['create'] = async (_, options) => (sent.push(options?.idempotencyKey), room('made'));
    for (const user_ref of ['CANARY-1', 'CANARY-2']) {
      await start(counting({create}).rooms, visitor({user_ref})).ask(...ROOMS, keyed(KEY, {body: {name: 'New'}}));
    }
    assert.equal(new Set(sent).size, 2);
    assert.doesNotMatch(JSON.stringify(sent), new RegExp(`${KEY}|CANARY`));
  });
});
