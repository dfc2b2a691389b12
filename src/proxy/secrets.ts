import {base64url} from './grants.js';
import {hmacOf} from './hmac.js';

const bytes = (text: string) => new TextEncoder().encode(text);

/** Names and answers as a store may see them. */
export interface Secrets {
  /** 22 characters that stand for a name, the same on every node, and tell nothing of it to who lacks the secret. */
  hashed(name: string): Promise<string>;
  /** A text that only `opened` can read, and only with the same `place` and `key`. */
  sealed(text: string, place: string, key: string): Promise<string>;
  /** Rejects what was not sealed so, or was altered. */
  opened(sealed: string, place: string, key: string): Promise<string>;
}

/** What is made with `secret`; one of this process alone, gone with it, unless told. */
export function secretsOf(secret?: string): Secrets {
  // Made when first needed: at module scope, where a handler may be made, some runtimes allow no cryptography.
  let made: {salt: Uint8Array<ArrayBuffer>; hmac: ReturnType<typeof hmacOf>} | undefined;

  function make() {
    const salt = secret === undefined ? crypto.getRandomValues(new Uint8Array(32)) : bytes(secret);
    return {salt, hmac: hmacOf(salt)};
  }

  /** Needs the visitor's own key as well as ours: neither the store nor this process can open what nobody asks for. */
  async function sealing(place: string, key: string) {
    const {salt} = (made ??= make());
    const raw = await crypto.subtle.importKey('raw', bytes(key), 'HKDF', false, ['deriveKey']);
    const how = {name: 'HKDF', hash: 'SHA-256', salt, info: bytes(`greenroom seal ${place}`)};
    return crypto.subtle.deriveKey(how, raw, {name: 'AES-GCM', length: 256}, false, ['encrypt', 'decrypt']);
  }

  return {
    async hashed(name) {
      const {hmac} = (made ??= make());
      return (await hmac(`greenroom name ${name}`)).slice(0, 22);
    },
    async sealed(text, place, key) {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const box = await crypto.subtle.encrypt({name: 'AES-GCM', iv}, await sealing(place, key), bytes(text));
      return `${base64url(iv.buffer)}.${base64url(box)}`;
    },
    async opened(sealed, place, key) {
      const [iv, box] = sealed.split('.').map(fromBase64url);
      const how = {name: 'AES-GCM', iv: iv!};
      return new TextDecoder().decode(await crypto.subtle.decrypt(how, await sealing(place, key), box!));
    },
  };
}

function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, character => character.charCodeAt(0));
}
