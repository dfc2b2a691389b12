import type {IceServer} from '../rooms/connection.js';
import {bytes} from './crypto.js';
import {wrong} from './wrong.js';

/** TURN servers, which relay media between people who cannot reach each other. */
export interface Turn {
  /** Their addresses, and those of STUN servers: `turn:turn.example:3478`, `turns:turn.example:5349?transport=tcp`. */
  urls: string[];
  /** The servers' secret: coturn's `static-auth-secret`, with `use-auth-secret`. */
  secret: string;
  /** How long a credential is good, in seconds; a call that lasts longer may lose the relay. @default 43_200 */
  lifetime?: number | undefined;
}

/** The kinds of client whose media can be relayed: others get the servers of their vendor. */
const RELAYED = ['rooms', 'janus'];

const ADDRESS = /^(turns?|stuns?):([\w.-]+|\[[\da-f:.]+\])(:\d{1,5})?(\?transport=(udp|tcp))?$/i;

/** Throws `misconfigured` if an option is wrong. The secret is not quoted. */
export function checkTurn({urls, secret, lifetime = 43_200}: Turn) {
  const bad = Array.isArray(urls) && urls.length > 0 ? urls.find(url => !ADDRESS.test(url)) : '';
  if (bad !== undefined) {
    throw wrong('turn.urls', `“${bad.slice(0, 80)}” is not an address such as turn:turn.example:3478.`);
  }
  if (typeof secret !== 'string' || secret.length < 16) {
    throw wrong('turn.secret', 'turn.secret must be the secret of the TURN servers, at least 16 characters.');
  }
  if (!(Number.isInteger(lifetime) && lifetime >= 60 && lifetime <= 604_800)) {
    throw wrong('turn.lifetime', 'turn.lifetime must be 60 to 604800 seconds.');
  }
}

/**
 * The servers for one person, with a credential that expires: the user's name is `expiry:user_ref`, and the password its
 * HMAC-SHA-1, as coturn's REST API has it. Undefined if the provider's client takes none. `now` is epoch ms.
 */
export async function iceServers(
  {urls, secret, lifetime = 43_200}: Turn,
  {provider, user_ref, now}: {provider: string; user_ref: string; now: number},
): Promise<IceServer[] | undefined> {
  if (!RELAYED.includes(provider)) return undefined;
  const username = `${Math.floor(now / 1000) + lifetime}:${user_ref.replaceAll(/[^\w.-]/g, '_').slice(0, 64)}`;
  const key = await crypto.subtle.importKey('raw', bytes(secret), {name: 'HMAC', hash: 'SHA-1'}, false, ['sign']);
  const signature = new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes(username)));
  const credential = btoa(String.fromCharCode(...signature));
  const isStun = (url: string) => /^stun/i.test(url);
  return [
    ...urls.filter(isStun).map(url => ({urls: url})),
    {urls: urls.filter(url => !isStun(url)), username, credential},
  ].filter(({urls}) => urls.length > 0);
}
