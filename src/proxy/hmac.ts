import {base64url} from './visitor/grants.js';

const encoder = new TextEncoder();

interface NodeCrypto {
  /** Since Node 20.12. */
  hash?: (algorithm: 'sha256', bytes: Uint8Array, as: 'binary' | 'base64url') => string;
  createHmac(algorithm: 'sha256', key: Uint8Array): {update(text: string): {digest(as: 'base64url'): string}};
}

/**
 * HMAC-SHA-256 of texts under one key, in base64url. On Node it is there at once: a round through the threads of
 * WebCrypto for every name in every request costs more than all else that a request needs.
 */
export function hmacOf(key: Uint8Array<ArrayBuffer>): (text: string) => string | Promise<string> {
  const {process} = globalThis as {process?: {getBuiltinModule?: (id: string) => NodeCrypto | undefined}};
  const node = process?.getBuiltinModule?.('node:crypto');
  if (node) {
    const slowly = (text: string) => node.createHmac('sha256', key).update(text).digest('base64url');
    const quickly = node.hash && key.length <= BLOCK && ofTwoHashes(node.hash, key, slowly);
    // Other runtimes have parts of Node's that may differ in what they give.
    return quickly && quickly('') === slowly('') ? quickly : slowly;
  }
  const imported = crypto.subtle.importKey('raw', key, {name: 'HMAC', hash: 'SHA-256'}, false, ['sign']);
  return async text => base64url(await crypto.subtle.sign('HMAC', await imported, encoder.encode(text)));
}

/** What SHA-256 takes in at once, and what it gives, in bytes. */
const BLOCK = 64;
const DIGEST = 32;

/** Longest text, in UTF-16 units, whose bytes surely fit beside a block. */
const SHORT = 1024;

/**
 * HMAC by its definition (RFC 2104): hash(key ^ opad, hash(key ^ ipad, text)). Node's own makes an object for each that
 * the garbage collector has to end by hand, which costs more than the two hashes.
 */
function ofTwoHashes(hash: NonNullable<NodeCrypto['hash']>, key: Uint8Array, slowly: (text: string) => string) {
  const padded = new Uint8Array(BLOCK);
  padded.set(key);
  const inner = new Uint8Array(BLOCK + 3 * SHORT);
  inner.set(padded.map(byte => byte ^ 0x36));
  const outer = new Uint8Array(BLOCK + DIGEST);
  outer.set(padded.map(byte => byte ^ 0x5c));
  const space = inner.subarray(BLOCK);
  return (text: string) => {
    if (text.length > SHORT) return slowly(text);
    const {written} = encoder.encodeInto(text, space);
    const digest = hash('sha256', inner.subarray(0, BLOCK + written), 'binary');
    for (let at = 0; at < DIGEST; at++) outer[BLOCK + at] = digest.charCodeAt(at);
    return hash('sha256', outer, 'base64url');
  };
}
