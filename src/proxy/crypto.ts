import {base64url} from 'jose';

/** Bytes of a text, in UTF-8. */
export const bytes = (text: string) => new TextEncoder().encode(text);

/** SHA-256 of a text, in base64url. */
export const digest = async (text: string) =>
  base64url.encode(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes(text))));

/**
 * Makes a function that computes HMAC-SHA-256 of texts, in base64url. Without a secret the key is random, and lost when
 * this process ends.
 */
export function hmacOf(secret?: string): (text: string) => Promise<string> {
  let imported: Promise<CryptoKey> | undefined;

  // Imported on first use: some runtimes allow no cryptography and no randomness while a module is loaded.
  function imports() {
    const key = secret === undefined ? crypto.getRandomValues(new Uint8Array(32)) : bytes(secret);
    return crypto.subtle.importKey('raw', key, {name: 'HMAC', hash: 'SHA-256'}, false, ['sign']);
  }

  return async text => {
    const key = await (imported ??= imports());
    return base64url.encode(new Uint8Array(await crypto.subtle.sign('HMAC', key, bytes(text))));
  };
}
