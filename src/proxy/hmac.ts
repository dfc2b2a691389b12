import {base64url} from './grants.js';

const encoder = new TextEncoder();

interface NodeCrypto {
  createSecretKey(key: Uint8Array): object;
  createHmac(algorithm: 'sha256', key: object): {update(text: string): {digest(as: 'base64url'): string}};
}

/**
 * HMAC-SHA-256 of texts under one key, in base64url. On Node it is there at once: a round through the threads of
 * WebCrypto for every name in every request costs more than all else that a request needs.
 */
export function hmacOf(key: Uint8Array<ArrayBuffer>): (text: string) => string | Promise<string> {
  const {process} = globalThis as {process?: {getBuiltinModule?: (id: string) => NodeCrypto | undefined}};
  const node = process?.getBuiltinModule?.('node:crypto');
  if (node) {
    const secret = node.createSecretKey(key);
    return text => node.createHmac('sha256', secret).update(text).digest('base64url');
  }
  const imported = crypto.subtle.importKey('raw', key, {name: 'HMAC', hash: 'SHA-256'}, false, ['sign']);
  return async text => base64url(await crypto.subtle.sign('HMAC', await imported, encoder.encode(text)));
}
