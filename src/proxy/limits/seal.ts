import {base64url} from 'jose';
import {bytes, hmacOf} from '../crypto.js';

/** Hides names and answers from whoever can read the store. */
export interface Seal {
  /** 22 characters that stand for a name, the same on every node. Without the secret they tell nothing of it. */
  hash(name: string): Promise<string>;
  /** Encrypts a text. Only `open` with the same `slot` and `key` can decrypt it. */
  seal(text: string, slot: string, key: string): Promise<string>;
  /** Decrypts a sealed text. Rejects if it was altered, or sealed with another slot, key or secret. */
  open(sealed: string, slot: string, key: string): Promise<string>;
}

/** Makes a seal from a secret. Without one the secret is random, and lost when this process ends. */
export function createSeal(secret?: string): Seal {
  const hmac = hmacOf(secret);

  /** The AES-256-GCM key. It is made of our secret and the visitor's key, so only a repeated request can decrypt. */
  async function cipherKey(slot: string, key: string) {
    const derived = base64url.decode(await hmac(`greenroom seal ${slot} ${key}`)) as Uint8Array<ArrayBuffer>;
    return crypto.subtle.importKey('raw', derived, 'AES-GCM', false, ['encrypt', 'decrypt']);
  }

  return {
    hash: async name => (await hmac(`greenroom name ${name}`)).slice(0, 22),
    async seal(text, slot, key) {
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const box = await crypto.subtle.encrypt({name: 'AES-GCM', iv}, await cipherKey(slot, key), bytes(text));
      return `${base64url.encode(iv)}.${base64url.encode(new Uint8Array(box))}`;
    },
    async open(sealed, slot, key) {
      const [iv, box] = sealed.split('.').map(part => base64url.decode(part) as Uint8Array<ArrayBuffer>);
      const text = await crypto.subtle.decrypt({name: 'AES-GCM', iv: iv!}, await cipherKey(slot, key), box!);
      return new TextDecoder().decode(text);
    },
  };
}
