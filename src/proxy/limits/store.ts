/** A rate limit: `capacity` times at once, and as many again in every `per` ms. */
export interface Rate {
  capacity: number;
  per: number;
}

/** The result of a claim: it is yours, or its owner is still at work, or there is a value already. */
export type Claim = {state: 'claimed'} | {state: 'running'; owner: string} | {state: 'settled'; value: string};

/**
 * Where the proxy counts requests and keeps answers, in one process or shared by many. Each method is atomic: any number
 * of calls at the same time, on any number of nodes, have the same result as one after another. Keys have at most 64
 * characters, usually a hash. All times are in ms, by the store's own clock. After a rejection, the call may have been
 * carried out or not.
 */
export interface Store {
  /** Takes one from the bucket `key`. Resolves to 0, or to the wait in ms until there is one; then nothing was taken. */
  take(key: string, rate: Rate): Promise<number>;
  /** Claims `key` for `owner`, for at most `ttl` ms, unless it has another owner or a value. The owner may claim again. */
  claim(key: string, owner: string, ttl: number): Promise<Claim>;
  /** Keeps `value` under `key` for `ttl` ms. Resolves to false, and keeps nothing, if `owner` has lost the claim. */
  settle(key: string, owner: string, value: string, ttl: number): Promise<boolean>;
  /** Gives a claim back. Nothing happens if `owner` does not have it. */
  release(key: string, owner: string): Promise<void>;
  /** How long a call may take, in ms. A later answer counts as a failure. @default 250 */
  readonly deadline?: number | undefined;
  /**
   * True for a store that is known not to answer at the start. The proxy then says so at once, and goes on without it until
   * it is back.
   * @default false
   */
  readonly down?: boolean | undefined;
}

/** A bucket is stored as the time when it is full again, in ms. */
export type Bucket = number;

/**
 * Takes one from a bucket: returns the new bucket, and the wait in ms if there was none to take. The algorithm is GCRA.
 * It needs one number for each bucket, refills evenly, and never lets through more than `capacity` at once.
 */
export function taken(bucket: Bucket | undefined, {capacity, per}: Rate, now: number): {bucket: Bucket; wait: number} {
  const each = per / capacity;
  // A stored value that is no time counts as a full bucket. After a clock was set back, the bucket is empty at most.
  const full = Math.min(Math.max(Number.isFinite(bucket) ? bucket! : now, now), now + per);
  const wait = full + each - now - per;
  // Half a step of tolerance, because sums of fractions are slightly off.
  return wait > each / 2 ? {bucket: full, wait: Math.ceil(wait)} : {bucket: full + each, wait: 0};
}

/** A claim as it is stored: `owner` while it runs, `value` once it is settled. It is gone after `until`, in ms. */
export interface Slot {
  until: number;
  owner?: string | undefined;
  value?: string | undefined;
}

/** The result of a claim on a slot; undefined if the slot is free. */
export function claimOn(slot: Slot | undefined, owner: string, now: number): Claim | undefined {
  if (!slot || slot.until <= now) return undefined;
  if (slot.value !== undefined) return {state: 'settled', value: slot.value};
  return slot.owner === owner ? {state: 'claimed'} : {state: 'running', owner: slot.owner!};
}

/** True if a slot still belongs to `owner`. */
export const isOwner = (slot: Slot | undefined, owner: string, now: number) =>
  slot?.owner === owner && slot.until > now;
