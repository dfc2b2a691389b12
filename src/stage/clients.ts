import type {Client} from './call.js';

/** The vendors' own windows. */
const frame = () => import('./frames.js');

/**
 * The clients of the stage, by `provider`. Each is a file of its own, loaded when its room is known. The page's own
 * client takes the calls of all other providers.
 */
const CLIENTS: Readonly<Record<string, () => Promise<Client>>> = {
  bigbluebutton: frame,
  daily: frame,
  jaas: frame,
  janus: () => import('./janus.js'),
  jitsi: frame,
  livekit: () => import('./livekit.js'),
  realtimekit: frame,
  rooms: () => import('./mesh.js'),
  zoom: frame,
};

/** Loads the client of a provider. Undefined: the page's own client takes the call. */
export const clientOf = (provider = '') => (Object.hasOwn(CLIENTS, provider) ? CLIENTS[provider] : undefined);
