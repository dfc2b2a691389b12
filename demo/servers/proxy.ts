// The proxy that every server in this folder runs. In a project of your own, import from `greenroom/proxy` instead.
import {basicAuth, platformRooms, tokenProxy, type Grants, type Limits, type Store} from '../../src/proxy/proxy.js';

/** The environment that configures the servers in this folder. The first six variables are required. */
export interface Environment {
  /** The address of the Rooms API, and the id and key of your application there. */
  PLATFORM_URL: string;
  APP_ID: string;
  APP_KEY: string;
  /** The origins of the pages that may use the proxy, separated by commas. */
  ORIGINS: string;
  /** JSON `{"audience", "keys": [...]}`: the keys whose grants are accepted. `npx greenroom grant key` makes one. */
  GRANT_KEYS: string;
  /** At least 32 bytes. The proxy derives people's pseudonyms from it, and seals with it what it keeps in a store. */
  USER_REF_SECRET: string;
  /** The ids of the rooms that people without a grant may join, separated by commas. Default: none. */
  GUEST_ROOMS?: string;
  /** Where video clients take their tokens. With it, LiveKit's clients can ask the proxy for tokens, too. */
  SERVER_URL?: string;
  /** Budgets as JSON, such as `{"tokens": {"visitor": {"capacity": 20, "per": 60000}}}`. */
  LIMITS?: string;
}

/** Makes the proxy, mounted at `/api`. */
export function proxyOf(env: Environment, store?: Store) {
  const {PLATFORM_URL, APP_ID, APP_KEY, GUEST_ROOMS, SERVER_URL, LIMITS} = env;
  return tokenProxy({
    rooms: platformRooms({endpoint: PLATFORM_URL, headers: {authorization: basicAuth(APP_ID, APP_KEY)}}),
    origins: env.ORIGINS.split(','),
    grants: JSON.parse(env.GRANT_KEYS) as Grants,
    guests: GUEST_ROOMS ? {roles: ['participant', 'viewer'], rooms: GUEST_ROOMS.split(',')} : undefined,
    userRefs: {secret: env.USER_REF_SECRET},
    mount: '/api',
    // workerd gives null for a variable that is not set.
    serverUrl: SERVER_URL ?? undefined,
    livekit: Boolean(SERVER_URL),
    limits: LIMITS ? (JSON.parse(LIMITS) as Limits) : undefined,
    store,
  });
}
