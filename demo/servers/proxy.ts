// In a project of your own, `greenroom/proxy` is where all of this comes from.
import {basicAuth, platformRooms, tokenProxy, type Grants, type Limits, type Store} from '../../src/proxy/proxy.js';

/** What the examples beside this file are told by their environment; the first six are needed. */
export interface Environment {
  /** Address of the Rooms API, and the application's id and key there. */
  PLATFORM_URL: string;
  APP_ID: string;
  APP_KEY: string;
  /** Origins of the pages that may ask, with commas. */
  ORIGINS: string;
  /** JSON `{"audience", "keys": [...]}`: whose signed permissions count; `npx greenroom grant` makes keys. */
  GRANT_KEYS: string;
  /** At least 32 bytes: makes people's pseudonyms, and hides what stands in a store. */
  USER_REF_SECRET: string;
  /** Ids of the rooms in reach of people without a grant, with commas; without it they stay out. */
  GUEST_ROOMS?: string;
  /** Where clients take their tokens; with it LiveKit's clients can ask, too. */
  SERVER_URL?: string;
  /** JSON of budgets, such as `{"tokens": {"visitor": {"capacity": 20, "per": 60000}}}`. */
  LIMITS?: string;
}

/** The proxy of the examples, below `/api`. */
export function proxyOf(env: Environment, store?: Store) {
  const {PLATFORM_URL, APP_ID, APP_KEY, GUEST_ROOMS, SERVER_URL, LIMITS} = env;
  return tokenProxy({
    rooms: platformRooms({endpoint: PLATFORM_URL, headers: {authorization: basicAuth(APP_ID, APP_KEY)}}),
    origins: env.ORIGINS.split(','),
    grants: JSON.parse(env.GRANT_KEYS) as Grants,
    guests: GUEST_ROOMS ? {roles: ['participant', 'viewer'], rooms: GUEST_ROOMS.split(',')} : undefined,
    userRefs: {secret: env.USER_REF_SECRET},
    mount: '/api',
    // workerd hands over null for what its environment does not hold.
    serverUrl: SERVER_URL ?? undefined,
    livekit: Boolean(SERVER_URL),
    limits: LIMITS ? (JSON.parse(LIMITS) as Limits) : undefined,
    store,
  });
}
