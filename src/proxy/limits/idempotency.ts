import {LRUCache} from 'lru-cache';
import type {Call} from '../../http/routes.js';
import {withDeadline} from '../../rooms/deadline.js';
import {RoomsError} from '../../rooms/errors.js';
import type {TokenRequest} from '../../rooms/schema.js';
import {may, mayJoinAs, mayReach, type Who} from '../visitor/visitor.js';
import {StoreDown, withoutStore, type Stores} from './shared-store.js';
import type {Claim, Store} from './store.js';

/** How long a token is kept for a retry after a lost answer, in ms. */
const KEEP_TOKEN = 30_000;

/** How long a new room is kept for a retry, in ms. */
const KEEP_ROOM = 24 * 60 * 60_000;

/** How much longer than the deadline of an operation a claim lasts if its node has died, in ms. */
const GRACE = 2_000;

/** Longest answer that is kept, in characters. */
const MAX_KEPT = 64 * 1024;

/** Most claims without an answer that are remembered. */
const MAX_UNSURE = 1000;

/** Fewest characters of a key of a sender we do not know: behind one address, only the key tells them apart. */
const UNGUESSABLE = 16;

export interface IdempotencyOptions {
  /** Deadline of the operations, in ms. @default 10000 */
  timeout?: number;
}

/** The sender of a request. */
export interface Sender {
  who: Who;
  ip?: string;
  /** Ends with the sender's connection. */
  signal?: AbortSignal;
  /** The form of the answer, where there is more than one. The same key in another form is another request. */
  form: string;
}

/** One write under an idempotency key. */
interface Write {
  /** A hash of sender, operation, room and key. */
  slot: string;
  /** A hash of the body. */
  fingerprint: string;
  key: string;
  /** How long the answer is kept, in ms. */
  ttl: number;
  /** True if this node may go on alone while the shared store is down. */
  mayGoAlone: boolean;
  run: () => Promise<string>;
}

/**
 * Makes a function that runs a call once, however often it is sent with the same `Idempotency-Key`. A repeated request
 * gets the text of the first answer, and waits while the first is still running. If the first fails, a waiting one runs
 * in its place. A key counts only together with its sender, operation and room. The first request runs to its end even
 * if its sender leaves, so that a retry finds the answer.
 */
export function idempotency({local, shared, seal}: Stores, {timeout = 10_000}: IdempotencyOptions = {}) {
  const lifetime = timeout + GRACE;
  const running = new Map<string, {fingerprint: string; answer: Promise<string>}>();
  /** By slot: the owner of a claim that the shared store may have taken, though it gave no answer. */
  const unsure = new LRUCache<string, string>({max: MAX_UNSURE});

  /** Claims the slot on all nodes, or on this one if the shared store is down and that is good enough. */
  async function claimed({slot, fingerprint, mayGoAlone}: Write, owner: string): Promise<Claim> {
    const here = await local.claim(slot, owner, lifetime);
    if (here.state === 'settled' || !shared) return here;
    const ask = (store: Store) => store.claim(slot, owner, lifetime);
    const end = performance.now() + lifetime;
    for (let pause = 20; ; pause = Math.min(pause * 2, 250)) {
      const claim = await shared.ask(ask).catch((error: unknown): Claim => {
        unsure.set(slot, owner);
        if (error instanceof StoreDown && mayGoAlone) return {state: 'claimed'};
        throw error instanceof StoreDown ? withoutStore() : error;
      });
      if (claim.state !== 'running') return claim;
      if (fingerprintIn(claim.owner) !== fingerprint) throw otherRequest();
      if (performance.now() > end) throw new RoomsError('timeout', 'The first request with this key is not done.');
      await new Promise(resolve => setTimeout(resolve, pause * (1 + Math.random() / 4)));
    }
  }

  /**
   * Notes that a creation begins, and says whether one with this key has begun before: on another node, which has lost the
   * answer, or has died. Its room may be there.
   */
  async function hasBegun(slot: string): Promise<boolean> {
    const note = (store: Store) => store.claim(`${slot}.begun`, crypto.randomUUID(), KEEP_ROOM);
    const claim = await shared?.ask(note).catch((error: unknown) => {
      throw error instanceof StoreDown ? withoutStore() : error;
    });
    return claim !== undefined && claim.state !== 'claimed';
  }

  async function everywhere(verb: (store: Store) => Promise<unknown>) {
    await verb(local);
    // If the shared store is down the answer is still good. Another node would only have to do the work again.
    await shared?.ask(verb).catch(() => {});
  }

  async function first(write: Write): Promise<string> {
    const {slot, fingerprint, key, ttl, run} = write;
    // A claim that is ours already may be made again. With another owner it would stand in our own way.
    const known = unsure.get(slot);
    unsure.delete(slot);
    const owner = known && fingerprintIn(known) === fingerprint ? known : `${fingerprint}.${crypto.randomUUID()}`;
    const release = () => everywhere(store => store.release(slot, owner));
    try {
      const claim = await claimed(write, owner);
      if (claim.state === 'settled') return await kept(claim.value, write);
      const answer = await run();
      if (answer.length > MAX_KEPT) {
        await release();
        return answer;
      }
      const sealed = await seal.seal(`${fingerprint}.${answer}`, slot, key);
      await everywhere(store => store.settle(slot, owner, sealed, ttl));
      return answer;
    } catch (error) {
      await release();
      throw error;
    }
  }

  async function kept(sealed: string, {slot, fingerprint, key}: Write): Promise<string> {
    const text = await seal.open(sealed, slot, key);
    if (fingerprintIn(text) !== fingerprint) throw otherRequest();
    return text.slice(fingerprint.length + 1);
  }

  function join(write: Write, signal: AbortSignal | undefined): Promise<string> {
    let flight = running.get(write.slot);
    if (!flight) {
      const answer = first(write).finally(() => running.delete(write.slot));
      running.set(write.slot, (flight = {fingerprint: write.fingerprint, answer}));
      // All who wait get the error. If all of them have left, nobody needs it.
      answer.catch(() => {});
    }
    if (flight.fingerprint !== write.fingerprint) throw otherRequest();
    // If one sender leaves, the others still get the answer.
    const {answer} = flight;
    return withDeadline({signal}, () => answer);
  }

  /** Runs a call, or returns the answer that the same call had before. `run` returns the answer as text. */
  return async function once(call: Call, sender: Sender, run: (call: Call) => Promise<string>): Promise<string> {
    const {operation, id, options} = call;
    const {who, ip = '', signal, form} = sender;
    const key = options.idempotencyKey;
    if (key === undefined || (operation !== 'token' && operation !== 'create')) return run(call);
    const body = await call.body();
    const again = {...call, body: async () => body};
    // A visitor who may not do this any more must not get a kept answer. The operation itself refuses them.
    if (!mayWrite(who, operation, id, body)) return run(again);
    checkKey(key, who);
    const name = who.id ?? (who.grant ? `grant ${who.grant.id} ${ip}` : `guest ${ip}`);
    const place = operation === 'create' ? 'create' : `token ${id} ${form}`;
    const slot = await seal.hash(`${place} ${key} ${name}`);
    const fingerprint = await seal.hash(`body ${place} ${JSON.stringify(body)}`);
    const write = {
      slot,
      fingerprint,
      key,
      ttl: operation === 'create' ? KEEP_ROOM : KEEP_TOKEN,
      mayGoAlone: who.by !== 'guest' && operation === 'token',
      run: async () => {
        const isSecond = operation === 'create' && (await hasBegun(slot));
        return run({...again, options: {idempotencyKey: slot, again: isSecond}});
      },
    };
    return join(write, signal);
  };
}

const mayWrite = ({visitor}: Who, operation: 'create' | 'token', id: string, body: object) =>
  operation === 'create'
    ? may(visitor, 'manage')
    : mayReach(visitor, id) && mayJoinAs(visitor, (body as TokenRequest).role);

/** The fingerprint at the start of an owner or of a kept answer. */
const fingerprintIn = (text: string) => text.slice(0, text.indexOf('.'));

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
