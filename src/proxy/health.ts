import {withDeadline} from '../rooms/deadline.js';
import {RoomsError, type RoomsErrorCode} from '../rooms/errors.js';
import type {Rooms} from '../rooms/rooms.js';
import type {Log} from '../upstream/upstream.js';
import type {SharedStore} from './limits/limits.js';
import type {Authorize} from './visitor/visitor.js';

/** What a proxy needs from elsewhere. */
export type Need = 'platform' | 'store' | 'issuer';

/** Whether a proxy can serve visitors. */
export interface Health {
  /** `degraded`: some visitors can be served. `down`: nobody can. */
  status: 'ok' | 'degraded' | 'down';
  /** What does not answer. */
  missing: Need[];
}

export interface HealthOptions {
  rooms: Rooms;
  store?: SharedStore;
  authorize?: Authorize;
  guests?: object;
  grants?: object;
  log?: Log;
}

/** Longest wait for the platform, in ms. The store and the issuer have shorter ones of their own. */
const DEADLINE = 3_000;

/** A room that no platform has. To ask for it shows whether the platform answers and knows the application. */
const NO_ROOM = 'greenroom-health';

/** What a platform says that can serve nobody. Other refusals are about the room. */
const DOWN: RoomsErrorCode[] = [
  'offline',
  'timeout',
  'platform_down',
  'internal',
  'bad_reply',
  'unauthorized',
  'denied',
  'misconfigured',
];

/** Makes a function that asks everything that the proxy needs. It takes 3 s at most. */
export function healthCheck({rooms, store, authorize, guests, grants, log}: HealthOptions): () => Promise<Health> {
  const asks: Record<Need, () => Promise<unknown> | undefined> = {
    platform: () =>
      withDeadline({timeout: DEADLINE}, signal => rooms.get(NO_ROOM, {signal})).catch((error: unknown) => {
        if (!(error instanceof RoomsError) || DOWN.includes(error.code)) throw error;
      }),
    store: () => store?.ask(each => each.take('health', {capacity: 1000, per: 1000})),
    issuer: () => authorize?.ready?.(log),
  };

  return async () => {
    const asked = Object.entries(asks).map(async ([need, ask]) => {
      const answered = await Promise.resolve(ask()).then(
        () => true,
        () => false,
      );
      return answered ? [] : [need as Need];
    });
    const missing = (await Promise.all(asked)).flat();
    const has = (need: Need) => !missing.includes(need);
    // While the store is away, guests wait, because nobody could count them.
    const somebody = grants !== undefined || (guests && has('store')) || (authorize && has('issuer'));
    const down = !has('platform') || !somebody;
    return {status: missing.length === 0 ? 'ok' : down ? 'down' : 'degraded', missing};
  };
}
