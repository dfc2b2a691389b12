import {base64url} from 'jose';
import {is, number, string, tuple, union} from 'superstruct';
import type {Holder} from '../rooms/admission.js';
import {Role} from '../rooms/schema.js';
import {keyOf} from './vendor.js';

// Names, ids and tokens at Janus. They are all made from one secret, so nothing needs to be stored, and several processes
// agree.

/** Who somebody at Janus is. */
export interface JanusPerson extends Pick<Holder, 'role' | 'user_ref'> {
  /** When their token expires, in epoch seconds. */
  exp: number;
}

const Inside = tuple([Role, union([string(), number()]), number(), string()]);

/** Characters of a signature: 128 bits. */
const SIGNED = 22;

export type JanusPeople = ReturnType<typeof janusPeople>;

/** What is named and signed with `secret`, which is `token_auth_secret` of Janus. */
export function janusPeople(secret: string) {
  const rooms = new Map<string, Promise<string>>();

  async function mac(hash: 'SHA-1' | 'SHA-256', ...texts: string[]): Promise<Uint8Array> {
    const key = await crypto.subtle.importKey('raw', keyOf(secret), {name: 'HMAC', hash}, false, ['sign']);
    return new Uint8Array(await crypto.subtle.sign('HMAC', key, keyOf(texts.join('\n'))));
  }
  const signed = async (...texts: string[]) => base64url.encode(await mac('SHA-256', 'greenroom', ...texts));
  const short = async (...texts: string[]) => (await signed(...texts)).slice(0, SIGNED);
  const named = async (roomId: string) => `${roomId}-${await short('room', roomId)}`;

  return {
    /** The name of a room at Janus. Nobody can guess it: anybody who may use the server can ask who is in a room. */
    roomAt(roomId: string): Promise<string> {
      const name = rooms.get(roomId) ?? named(roomId);
      if (rooms.size < 10_000) rooms.set(roomId, name);
      return name;
    },
    /** Whether a room at Janus is ours. */
    isOurs: async (room: string) => room === (await named(room.slice(0, -SIGNED - 1))),
    /** The secret of a room at Janus. Whoever has it can change the room. */
    secretOf: (room: string) => signed('secret', room),
    /** The id of a person in a room. Their name belongs to it. */
    async idFor(room: string, {role, user_ref, name}: Holder, exp: number): Promise<string> {
      const person = base64url.encode(keyOf(JSON.stringify([role, user_ref, exp, crypto.randomUUID()])));
      return `${person}.${await short('id', room, person, name)}`;
    },
    /** The token with which the person with this id joins. It begins with its end, in epoch seconds. */
    tokenOf: async (room: string, id: string, exp: number) => `${exp}.${await signed('token', room, id)}`,
    /** Whose id it is; undefined if it is not ours, or not of somebody with this name. */
    async personAt(room: string, id: string, name: string): Promise<JanusPerson | undefined> {
      const [person = '', signature] = id.split('.');
      return signature === (await short('id', room, person, name)) ? personIn(id) : undefined;
    },
    /** What lets its holder use the server until `exp`, in epoch seconds. It opens no room. */
    async passUntil(exp: number): Promise<string> {
      const text = `${exp},janus,janus.plugin.videoroom`;
      return `${text}:${btoa(String.fromCharCode(...(await mac('SHA-1', text))))}`;
    },
  };
}

/** The person that an id names; undefined if it names nobody. Only a signed id is to be believed. */
export function personIn(id: string): JanusPerson | undefined {
  try {
    const inside: unknown = JSON.parse(new TextDecoder().decode(base64url.decode(id.split('.')[0]!)));
    if (!is(inside, Inside)) return undefined;
    const [role, user_ref, exp] = inside;
    return {role, user_ref, exp};
  } catch {
    return undefined; // Another program chose this id.
  }
}

/** The tokens that have expired at `now`, in epoch seconds. */
export const expiredAt = (tokens: readonly string[], now: number) =>
  tokens.filter(token => !(Number(token.split('.')[0]) > now));
