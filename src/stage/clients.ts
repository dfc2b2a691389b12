import type {Client} from './call.js';

/**
 * The clients of the stage, by `provider`. Each is a file of its own, loaded when a token for it comes. The page's own
 * client takes the calls of all other providers.
 */
export const CLIENTS: Readonly<Record<string, () => Promise<Client>>> = {
  janus: () => import('./janus.js'),
  livekit: () => import('./livekit.js'),
  rooms: () => import('./mesh.js'),
};
