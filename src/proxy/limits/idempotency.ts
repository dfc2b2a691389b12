import {withDeadline} from '../../rooms/deadline.js';
import {RoomsError} from '../../rooms/errors.js';
import type {Rooms, WriteOptions} from '../../rooms/rooms.js';
import {StoreDown, withoutStore, type Memory} from './shared-store.js';
import type {Claim, Store} from './store.js';
import type {Who} from '../visitor/authenticate.js';

/** How long a token is kept for who asks for it once more, since its answer was lost; in ms. */
const KEEP_TOKEN = 30_000;

/** How long a room that was made is kept for the same reason, in ms. */
const KEEP_ROOM = 24 * 60 * 60_000;

/** How much longer than the deadline of an operation a claim lives whose node has died, in ms. */
const GRACE = 2_000;

/** Longest answer that is kept, in characters. */
const MAX_KEPT = 64 * 1024;

/** Fewest characters of a key whose sender nobody knows: the key alone tells them from who else is at that address. */
const UNGUESSABLE = 16;

export interface IdempotencyOptions {
  /** Deadline of the operations, in ms; 10,000 unless told. */
  timeout?: number;
}

/** One request: who sent it, from where, and what ends it. */
export interface Sender {
  who: Who;
  ip?: string;
  signal?: AbortSignal;
}

interface Attempt {
  /** Stands for the sender, the operation, the room and the sender's key. */
  slot: string;
  /** Stands for what was sent. */
  print: string;
  key: string;
  keep: number;
  mayGoAlone: boolean;
  run: () => Promise<unknown>;
}

/**
 * Makes one write of all that carry the same `Idempotency-Key`: who sends it again gets the answer of the first, waits
 * for it while it is on its way, and goes on in its place when it failed. A key means nothing beside its sender, its
 * operation and its room. The first goes on when its sender leaves, so that the next try finds what came of it.
 */
export function idempotency({here, shared, secrets}: Memory, {timeout = 10_000}: IdempotencyOptions = {}) {
  const lifetime = timeout + GRACE;
  const flights = new Map<string, {print: string; answer: Promise<unknown>}>();

  /** Asks all nodes where it can, and else this one, where that is good enough. */
  async function claimed({slot, print, mayGoAlone}: Attempt, owner: string): Promise<Claim> {
    const own = await here.claim(slot, owner, lifetime);
    if (own.state === 'settled' || !shared) return own;
    const ask = (store: Store) => store.claim(slot, owner, lifetime);
    const end = performance.now() + lifetime;
    for (let pause = 20; ; pause = Math.min(pause * 2, 250)) {
      const claim = await shared.ask(ask).catch((error: unknown): Claim => {
        if (error instanceof StoreDown && mayGoAlone) return {state: 'claimed'};
        throw error instanceof StoreDown ? withoutStore() : error;
      });
      if (claim.state !== 'running') return claim;
      if (printOf(claim.owner) !== print) throw otherRequest();
      if (performance.now() > end) throw new RoomsError('timeout', 'The first request with this key is not done.');
      await new Promise(resolve => setTimeout(resolve, pause * (1 + Math.random() / 4)));
    }
  }

  async function everywhere(verb: (store: Store) => Promise<unknown>) {
    await verb(here);
    // Without the store the answer is as good: only another node would have to do the work again.
    await shared?.ask(verb).catch(() => {});
  }

  async function first(attempt: Attempt): Promise<unknown> {
    const {slot, print, key, keep, run} = attempt;
    const owner = `${print}.${crypto.randomUUID()}`;
    const release = () => everywhere(store => store.release(slot, owner));
    try {
      const claim = await claimed(attempt, owner);
      if (claim.state === 'settled') return await kept(claim.value, attempt);
      const answer = await run();
      const text = JSON.stringify({print, answer});
      if (text.length > MAX_KEPT) return await release().then(() => answer);
      const sealed = await secrets.sealed(text, slot, key);
      await everywhere(store => store.settle(slot, owner, sealed, keep));
      return answer;
    } catch (error) {
      await release();
      throw error;
    }
  }

  async function kept(sealed: string, {slot, print, key}: Attempt): Promise<unknown> {
    const text = await secrets.opened(sealed, slot, key);
    const {print: theirs, answer} = JSON.parse(text) as {print: string; answer: unknown};
    if (theirs !== print) throw otherRequest();
    return answer;
  }

  function once(attempt: Attempt, {signal}: Sender): Promise<unknown> {
    let flight = flights.get(attempt.slot);
    if (!flight) {
      const answer = first(attempt).finally(() => flights.delete(attempt.slot));
      flights.set(attempt.slot, (flight = {print: attempt.print, answer}));
      // Whoever waits for it is told; nobody may be left who does.
      answer.catch(() => {});
    }
    if (flight.print !== attempt.print) throw otherRequest();
    const {answer} = flight;
    return withDeadline({signal}, () => answer);
  }

  /** `rooms` as they were, but that each `create` and `token` with a key is done once. */
  return function idempotent(rooms: Rooms, sender: Sender): Rooms {
    const {who, ip = ''} = sender;
    const {roles, rooms: inReach, can = []} = who.visitor;
    const name = who.id ?? (who.grant ? `grant ${who.grant.id} ${ip}` : `guest ${ip}`);

    async function write<T>(
      {place, body, keep, key}: {place: string; body: object; keep: number; key: string},
      run: (options: WriteOptions) => Promise<T>,
    ): Promise<T> {
      checkKey(key, who);
      const slot = await secrets.hashed(`${place} ${key} ${name}`);
      const print = await secrets.hashed(`body ${place} ${JSON.stringify(body)}`);
      const mayGoAlone = who.by !== 'guest' && place !== 'create';
      const attempt = {slot, print, key, keep, mayGoAlone, run: () => run({idempotencyKey: slot})};
      return (await once(attempt, sender)) as T;
    }

    return {
      ...rooms,
      // Who may not do it any more is refused, whatever was kept: the operation itself says so.
      create: async (body, options = {}) => {
        const {idempotencyKey: key} = options;
        if (key === undefined || !can.includes('manage')) return rooms.create(body, options);
        return write({place: 'create', body, keep: KEEP_ROOM, key}, options => rooms.create(body, options));
      },
      token: async (id, body, options = {}) => {
        const {idempotencyKey: key} = options;
        const may = roles.includes(body.role) && (inReach === '*' || inReach.includes(id));
        if (key === undefined || !may) return rooms.token(id, body, options);
        return write({place: `token ${id}`, body, keep: KEEP_TOKEN, key}, options => rooms.token(id, body, options));
      },
    };
  };
}

const printOf = (owner: string) => owner.slice(0, owner.indexOf('.'));

function checkKey(key: string, {id}: Who) {
  const desc = 'Send 1 to 64 letters, digits, - and _.';
  const unguessable = 'Send 16 characters or more, such as a UUID: they tell guests from one another.';
  if (!/^[A-Za-z0-9_-]{1,64}$/.test(key)) throw invalidKey(desc);
  if (id === undefined && key.length < UNGUESSABLE) throw invalidKey(unguessable);
}

const invalidKey = (desc: string) =>
  new RoomsError('invalid', 'Invalid value: Idempotency-Key', {key: 'idempotency-key', desc});

const otherRequest = () =>
  new RoomsError('invalid', 'This Idempotency-Key belongs to another request.', {
    status: 422,
    key: 'idempotency-key',
    desc: 'Send the same body again, or a new key.',
  });
