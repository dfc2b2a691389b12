import {base64url} from '../visitor/grants.js';
import {hmacOf} from '../hmac.js';

/** Names and answers as a store may see them. */
export interface Secrets {
  /** 22 characters that stand for a name, the same on every node, and tell nothing of it to who lacks the secret. */
  hashed(name: string): string | Promise<string>;
  /** A text that only `opened` can read, and only with the same `place` and `key`. */
  sealed(text: string, place: string, key: string): Promise<string>;
  /** Rejects what was not sealed so, or was altered. */
  opened(sealed: string, place: string, key: string): Promise<string>;
}

/** What is made with `secret`; one of this process alone, gone with it, unless told. */
export function secretsOf(secret?: string): Secrets {
  // Made when first needed: at module scope, where a handler may be made, some runtimes allow no cryptography.
  let made: {hmac: ReturnType<typeof hmacOf>; cipher: Cipher} | undefined;

  function make() {
    const salt = secret === undefined ? crypto.getRandomValues(new Uint8Array(32)) : new TextEncoder().encode(secret);
    return {hmac: hmacOf(salt), cipher: nodeCipher() ?? webCipher};
  }

  /** Needs the visitor's own key as well as ours: neither the store nor this process can open what nobody asks for. */
  async function sealing(place: string, key: string) {
    const {hmac, cipher} = (made ??= make());
    return {cipher, sealer: fromBase64url(await hmac(`greenroom seal ${place} ${key}`))};
  }

  return {
    hashed(name) {
      const {hmac} = (made ??= make());
      const digest = hmac(`greenroom name ${name}`);
      return typeof digest === 'string' ? digest.slice(0, 22) : digest.then(text => text.slice(0, 22));
    },
    async sealed(text, place, key) {
      const {cipher, sealer} = await sealing(place, key);
      const iv = crypto.getRandomValues(new Uint8Array(12));
      const box = await cipher.encrypt(sealer, iv, new TextEncoder().encode(text));
      return `${base64url(iv.buffer)}.${base64url(box)}`;
    },
    async opened(sealed, place, key) {
      const {cipher, sealer} = await sealing(place, key);
      const [iv, box] = sealed.split('.').map(fromBase64url);
      return new TextDecoder().decode(await cipher.decrypt(sealer, iv!, box!));
    },
  };
}

type Bytes = Uint8Array<ArrayBuffer>;

/** AES-256-GCM; what one side of it made, on whichever runtime, the other side reads. */
interface Cipher {
  encrypt(key: Bytes, iv: Bytes, text: Bytes): ArrayBuffer | Promise<ArrayBuffer>;
  decrypt(key: Bytes, iv: Bytes, box: Bytes): Bytes | Promise<ArrayBuffer>;
}

const webKey = (key: Bytes) => crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt']);

const webCipher: Cipher = {
  encrypt: async (key, iv, text) => crypto.subtle.encrypt({name: 'AES-GCM', iv}, await webKey(key), text),
  decrypt: async (key, iv, box) => crypto.subtle.decrypt({name: 'AES-GCM', iv}, await webKey(key), box),
};

interface NodeStep {
  update(bytes: Uint8Array): Uint8Array;
  final(): Uint8Array;
}

interface NodeCrypto {
  createCipheriv(name: 'aes-256-gcm', key: Bytes, iv: Bytes): NodeStep & {getAuthTag(): Uint8Array};
  createDecipheriv(name: 'aes-256-gcm', key: Bytes, iv: Bytes): NodeStep & {setAuthTag(tag: Uint8Array): unknown};
}

/** How long the proof at the end of a box is, in bytes. */
const TAG = 16;

/** The same on Node, where a round through the threads of WebCrypto costs more than the work. */
function nodeCipher(): Cipher | undefined {
  const {process} = globalThis as {process?: {getBuiltinModule?: (id: string) => NodeCrypto | undefined}};
  const node = process?.getBuiltinModule?.('node:crypto');
  return (
    node && {
      encrypt(key, iv, text) {
        const step = node.createCipheriv('aes-256-gcm', key, iv);
        return joined([step.update(text), step.final(), step.getAuthTag()]).buffer;
      },
      decrypt(key, iv, box) {
        if (box.length < TAG) throw new Error('Too short to be a box.');
        const step = node.createDecipheriv('aes-256-gcm', key, iv);
        step.setAuthTag(box.subarray(-TAG));
        return joined([step.update(box.subarray(0, -TAG)), step.final()]);
      },
    }
  );
}

function joined(parts: Uint8Array[]): Bytes {
  const whole = new Uint8Array(parts.reduce((sum, {length}) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function fromBase64url(text: string): Bytes {
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(binary, character => character.charCodeAt(0));
}
