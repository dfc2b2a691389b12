import {SignJWT} from 'jose';
import {RoomsError} from '../rooms/errors.js';
import type {Holder} from '../rooms/admission.js';
import {NOTHING, type Engine, type EngineOptions, type EngineRoom} from './engine.js';
import {checkGiven, checkLifetime, expiry, keyOf, rsaKey, vendor, type Vendor, type VendorOptions} from './vendor.js';

// Jitsi's servers tell nobody who is inside, unless their owner opens more of them: rooms here are never shown as in use.
// Nothing is asked before a token, so a wrong secret, or a clock that is off, shows only when somebody joins.

/** What pages load from a server. It needs no credentials. */
const SCRIPT = 'external_api.js';

export interface JitsiOptions extends EngineOptions, VendorOptions {
  /** The host of the server, such as `meet.example`. */
  domain: string;
  /** The application's id in the server's configuration (`app_id`). */
  appId: string;
  /** The application's secret there (`app_secret`). */
  secret: string;
  /** The server's `asap_accepted_audiences`. @default 'jitsi' */
  audience?: string | undefined;
  /**
   * Whether the server takes moderators from tokens, by a plugin. Without one everybody who has a token moderates.
   * @default false
   */
  moderators?: boolean | undefined;
  /** How long a token can be used to join, in seconds. @default 60 */
  lifetime?: number | undefined;
}

export interface JaasOptions extends EngineOptions, VendorOptions {
  /** The id of the application: `vpaas-magic-cookie-…`. */
  appId: string;
  /** The id of the key, `vpaas-magic-cookie-…/abc`. */
  keyId: string;
  /** The private half of the key, as PEM (PKCS #8). */
  privateKey: string;
  /** How long a token can be used to join, in seconds. @default 60 */
  lifetime?: number | undefined;
}

/**
 * Rooms at your own Jitsi server, which must require tokens.
 *
 * @throws RoomsError `misconfigured` for an option that is missing or out of range.
 * @example
 * const engine = jitsi({domain: 'meet.example', appId: 'shop', secret: process.env.JITSI_SECRET});
 */
export function jitsi(options: JitsiOptions): Engine {
  const {domain, appId, secret, audience = 'jitsi', moderators = false, lifetime = 60, clock = Date.now} = options;
  checkGiven('Jitsi', {domain, appId, secret, audience});
  checkLifetime('Jitsi', lifetime, [1, 86_400]);
  if (!URL.canParse(`https://${domain}/`) || new URL(`https://${domain}/`).host !== domain.toLowerCase()) {
    throw new RoomsError('misconfigured', 'domain must be the host of a Jitsi server: meet.example.', {key: 'domain'});
  }
  const server = `https://${domain}`;
  return engineOf('jitsi', moderators, vendor('Jitsi', server, options), async (room, holder) => {
    const {iat, exp, expires_at} = expiry(clock(), lifetime);
    const claims = {room, context: {user: userOf(holder)}};
    const jwt = new SignJWT(claims).setProtectedHeader({alg: 'HS256', typ: 'JWT'});
    // The server tolerates no difference of clocks.
    jwt
      .setIssuer(appId)
      .setAudience(audience)
      .setSubject(domain)
      .setNotBefore(iat - 10);
    const token = await jwt.setExpirationTime(exp).sign(keyOf(secret));
    return {token, expires_at, connection: {domain, room, script: `${server}/${SCRIPT}`}};
  });
}

/**
 * Rooms at Jitsi as a Service (8x8.vc).
 *
 * @throws RoomsError `misconfigured` for an option that is missing or out of range.
 * @example
 * const engine = jaas({appId: 'vpaas-magic-cookie-1', keyId: 'vpaas-magic-cookie-1/abc', privateKey});
 */
export function jaas({appId, keyId, privateKey, lifetime = 60, clock = Date.now, ...options}: JaasOptions): Engine {
  checkGiven('JaaS', {appId, keyId, privateKey});
  checkLifetime('JaaS', lifetime, [1, 86_400]);
  const key = rsaKey(privateKey);
  const server = `https://8x8.vc/${appId}`;
  return engineOf('jaas', true, vendor('JaaS', server, {...options, clock}), async (room, holder) => {
    const {iat, exp, expires_at} = expiry(clock(), lifetime);
    const features = {livestreaming: false, recording: false, transcription: false, 'outbound-call': false};
    const claims = {room, context: {user: userOf(holder), features}};
    const jwt = new SignJWT(claims).setProtectedHeader({alg: 'RS256', kid: keyId, typ: 'JWT'});
    jwt
      .setIssuer('chat')
      .setAudience('jitsi')
      .setSubject(appId)
      .setNotBefore(iat - 10)
      .setExpirationTime(exp);
    const token = await jwt.sign(await key());
    const connection = {domain: '8x8.vc', room: `${appId}/${room}`, script: `${server}/${SCRIPT}`};
    return {token, expires_at, connection};
  });
}

const userOf = ({name, role, user_ref}: Holder) => ({
  id: String(user_ref),
  name,
  moderator: role === 'moderator' ? 'true' : 'false',
});

type Sign = (room: string, holder: Holder) => ReturnType<Engine['token']>;

const engineOf = (provider: string, moderator: boolean, call: Vendor, sign: Sign): Engine => ({
  provider,
  enforces: {...NOTHING, moderator},
  ahead: call.ahead,
  async check(options) {
    const text = await call.text({...options, path: SCRIPT, isThere: true});
    if (!text?.includes('JitsiMeetExternalAPI'))
      throw new RoomsError('bad_reply', 'There is no Jitsi at this address.');
  },
  active: async () => new Map(),
  users: async () => [],
  // The servers compare rooms in lower case.
  token: ({room_id}: EngineRoom, holder) => sign(room_id.toLowerCase(), holder),
  close: async () => {},
});
