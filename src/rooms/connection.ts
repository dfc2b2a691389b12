import {array, object, optional, union, validate, type Infer, type Struct} from 'superstruct';
import {RoomsError} from './errors.js';
import {checked, isNumber, isObject, isText, matching} from './values.js';
import {webAddress} from './web-address.js';

// What a video client needs beside the token, by the kind of client. Only a server reads it: a page trusts its proxy.

const Line = matching('text', /^.{1,2000}$/);

/** A page loads or shows what is there. */
const WebAddress = checked<string>('https address', value => isText(value) && webAddress(value) !== undefined);

/** A STUN or TURN server, as browsers take it. A TURN server's credential expires. */
const IceServer = object({
  urls: union([Line, array(Line)]),
  username: optional(Line),
  credential: optional(Line),
});
export type IceServer = Infer<typeof IceServer>;

const jitsi = object({domain: matching('domain', /^[\w.-]+(:\d+)?$/), room: Line, script: WebAddress});

const CONNECTIONS = {
  rooms: object({iceServers: optional(array(IceServer))}),
  livekit: object({}),
  jitsi,
  jaas: jitsi,
  daily: object({url: WebAddress}),
  twilio: object({room: Line}),
  vonage: object({application_id: Line, session_id: Line}),
  realtimekit: object({}),
  /** The token is the address to open. */
  bigbluebutton: object({}),
  zoom: object({topic: Line}),
  /** The token is for the room, with this id and the person's name; `pass` is for the server, with each request. */
  janus: object({room: Line, id: Line, pass: Line, iceServers: optional(array(IceServer))}),
};

/** The kinds of video client whose `connection` is known. */
export type Provider = keyof typeof CONNECTIONS;

/** What each kind of client needs beside the token. It is as secret as the token. */
export type Connections = {[P in Provider]: Infer<(typeof CONNECTIONS)[P]>};

/** A provider with its connection, which is absent if the client needs none. */
export type Connected = {
  [P in Provider]: object extends Connections[P]
    ? {provider: P; connection?: Connections[P] | undefined}
    : {provider: P; connection: Connections[P]};
}[Provider];

/** The keys of `connection` that a page gets, for providers that Greenroom does not know. */
export type OwnConnections = Readonly<Record<string, readonly string[]>>;

const badConnection = (provider: string) =>
  new RoomsError('bad_reply', `The connection of a token for ${provider} is not as it should be.`);

/**
 * The keys of a connection that its provider's client needs; all others are left out. Returns undefined if it needs none.
 *
 * @param own - The keys for providers that Greenroom does not know. Their values are text, numbers or booleans.
 * @throws RoomsError `bad_reply` if a key that the client needs is missing or malformed.
 */
export function connectionFor(
  provider: string,
  connection: unknown = {},
  own: OwnConnections = {},
): Record<string, unknown> | undefined {
  const struct = Object.hasOwn(CONNECTIONS, provider) ? CONNECTIONS[provider as Provider] : undefined;
  const kept = struct ? masked(provider, connection, struct as Struct<unknown>) : picked(connection, own, provider);
  return Object.keys(kept).length > 0 ? kept : undefined;
}

function masked(provider: string, connection: unknown, struct: Struct<unknown>): Record<string, unknown> {
  try {
    const [error, kept] = validate(connection, struct, {coerce: true, mask: true});
    if (!error) return kept as Record<string, unknown>;
  } catch {
    // superstruct quotes what it refuses, and not every value can be printed. It is refused below.
  }
  throw badConnection(provider);
}

function picked(connection: unknown, own: OwnConnections, provider: string): Record<string, unknown> {
  const keys = Object.hasOwn(own, provider) ? own[provider]! : [];
  if (!isObject(connection)) throw badConnection(provider);
  const isPlain = (value: unknown) => isText(value) || isNumber(value) || typeof value === 'boolean';
  return Object.fromEntries(
    keys.filter(key => Object.hasOwn(connection, key) && isPlain(connection[key])).map(key => [key, connection[key]]),
  );
}
