import {generateKeyPairSync} from 'node:crypto';

/** A key pair of RS256 for this process alone, as PEM. */
export const {publicKey, privateKey} = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: {type: 'spki', format: 'pem'},
  privateKeyEncoding: {type: 'pkcs8', format: 'pem'},
});

/** A token with another signature. The last character stays: of its bits some mean nothing, and servers may ignore them. */
export const tampered = (token: string) => token.replace(/.(?=.{9}$)/, each => (each === 'A' ? 'B' : 'A'));
