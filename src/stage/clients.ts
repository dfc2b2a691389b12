import type {Client} from './call.js';

/** The vendors' own windows. */
const frame = () => import('./frames.js');

/**
 * The clients of the stage, by `provider`. Each is a file of its own, loaded when a token for it comes. The page's own
 * client takes the calls of all other providers.
 */
export const CLIENTS: Readonly<Record<string, () => Promise<Client>>> = {
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
