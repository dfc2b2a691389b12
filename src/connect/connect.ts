// The arguments of each vendor's client, from the detail of a `room-token` event. Nothing here loads a client, and no token
// gets into an address; only BigBlueButton's is one.
import type {Connections, IceServer, Provider} from '../rooms/connection.js';
import {RoomsError} from '../rooms/errors.js';
import type {TokenDetail} from '../rooms/token-detail.js';

/** What a client with an interface of its own begins with. */
export interface Begin {
  /** The element that the client fills. */
  parentNode?: HTMLElement | undefined;
  /** @default what the vendor's client does */
  microphone?: boolean | undefined;
  /** @default what the vendor's client does */
  camera?: boolean | undefined;
}

type Detail<P extends Provider> = Pick<TokenDetail, 'token' | 'participant'> & {connection: Connections[P]};

/** The detail as one provider's client needs it; it has a connection, which may be empty. */
function of<P extends Provider>(provider: P, detail: TokenDetail): Detail<P> {
  const {connection = {}, participant} = detail;
  // Reading the token counts as taking it, so it is read only for the right client.
  if (detail.provider === provider) return {token: detail.token, connection: connection as Connections[P], participant};
  const desc = 'Call the function of greenroom/connect that has the name in `detail.provider`.';
  const sentence = `This token is for the client “${detail.provider}”, not for “${provider}”.`;
  throw new RoomsError('misconfigured', sentence, {key: 'provider', desc});
}

/** The address of the server, without which a client cannot connect. */
function serverOf({provider, serverUrl}: TokenDetail): string {
  if (serverUrl) return serverUrl;
  throw new RoomsError('bad_reply', `The token for ${provider} came without the address of its server.`);
}

/** A name that the client shows. Some clients need one. */
const nameOf = ({participant}: Pick<TokenDetail, 'participant'>) => participant.name || 'Guest';

/**
 * For `connect` of a `Room` of `livekit-client`.
 *
 * @throws RoomsError `misconfigured` if the token is for another client.
 * @example
 * await new Room().connect(...livekit(event.detail));
 */
export function livekit(detail: TokenDetail): [url: string, token: string] {
  const {token} = of('livekit', detail);
  return [serverOf(detail), token];
}

/** The options of Jitsi's external API. */
export interface JitsiOptions {
  roomName: string;
  jwt: string;
  parentNode?: HTMLElement;
  userInfo: {displayName: string};
  configOverwrite: {
    disableDeepLinking: true;
    prejoinConfig: {enabled: false};
    startWithAudioMuted?: boolean;
    startWithVideoMuted?: boolean;
  };
}

function jitsiArguments(detail: Detail<'jitsi' | 'jaas'>, begin: Begin): [domain: string, options: JitsiOptions] {
  const {connection, token} = detail;
  const {parentNode, microphone, camera} = begin;
  const configOverwrite = {
    // The visitor has said who they are, and stays in this page on a phone, too.
    prejoinConfig: {enabled: false} as const,
    disableDeepLinking: true as const,
    ...(microphone !== undefined && {startWithAudioMuted: !microphone}),
    ...(camera !== undefined && {startWithVideoMuted: !camera}),
  };
  const userInfo = {displayName: nameOf(detail)};
  const options = {roomName: connection.room, jwt: token, userInfo, configOverwrite};
  return [connection.domain, {...options, ...(parentNode && {parentNode})}];
}

/**
 * For the constructor of `JitsiMeetExternalAPI`, which the script at `detail.connection.script` defines.
 *
 * @throws RoomsError `misconfigured` if the token is for another client.
 * @example
 * new JitsiMeetExternalAPI(...jitsi(event.detail, {parentNode}));
 */
export const jitsi = (detail: TokenDetail, begin: Begin = {}) => jitsiArguments(of('jitsi', detail), begin);

/**
 * For the constructor of `JitsiMeetExternalAPI` of Jitsi as a Service.
 *
 * @throws RoomsError `misconfigured` if the token is for another client.
 * @example
 * new JitsiMeetExternalAPI(...jaas(event.detail, {parentNode}));
 */
export const jaas = (detail: TokenDetail, begin: Begin = {}) => jitsiArguments(of('jaas', detail), begin);

/** What `join` of a Daily call takes. */
export interface DailyOptions {
  url: string;
  token: string;
  userName: string;
  startAudioOff?: boolean;
  startVideoOff?: boolean;
}

/**
 * For `join` of a call of `@daily-co/daily-js`, in a frame or without.
 *
 * @throws RoomsError `misconfigured` if the token is for another client.
 * @example
 * await Daily.createFrame(parentNode).join(...daily(event.detail));
 */
export function daily(detail: TokenDetail, {microphone, camera}: Begin = {}): [options: DailyOptions] {
  const {token, connection} = of('daily', detail);
  const off = {
    ...(microphone !== undefined && {startAudioOff: !microphone}),
    ...(camera !== undefined && {startVideoOff: !camera}),
  };
  return [{url: connection.url, token, userName: nameOf(detail), ...off}];
}

/**
 * For `connect` of `twilio-video`.
 *
 * @throws RoomsError `misconfigured` if the token is for another client.
 * @example
 * const room = await connect(...twilio(event.detail));
 */
export function twilio(detail: TokenDetail): [token: string, options: {name: string}] {
  const {token, connection} = of('twilio', detail);
  return [token, {name: connection.room}];
}

/**
 * For `OT.initSession` of Vonage, and for `connect` of the session.
 *
 * @throws RoomsError `misconfigured` if the token is for another client.
 * @example
 * const {session, connect} = vonage(event.detail);
 * OT.initSession(...session).connect(...connect, error => console.log(error ?? 'inside'));
 */
export function vonage(detail: TokenDetail): {
  session: [application: string, session: string];
  connect: [token: string];
} {
  const {token, connection} = of('vonage', detail);
  return {session: [connection.application_id, connection.session_id], connect: [token]};
}

/** What `init` of RealtimeKit takes. */
export interface RealtimeKitOptions {
  authToken: string;
  defaults?: {audio?: boolean; video?: boolean};
}

/**
 * For `init` of `@cloudflare/realtimekit`.
 *
 * @throws RoomsError `misconfigured` if the token is for another client.
 * @example
 * const meeting = await RealtimeKitClient.init(...realtimekit(event.detail));
 */
export function realtimekit(detail: TokenDetail, {microphone, camera}: Begin = {}): [options: RealtimeKitOptions] {
  const {token: authToken} = of('realtimekit', detail);
  const defaults = {
    ...(microphone !== undefined && {audio: microphone}),
    ...(camera !== undefined && {video: camera}),
  };
  return [{authToken, ...(Object.keys(defaults).length > 0 && {defaults})}];
}

/**
 * For `location.assign`, or for the `src` of a frame: the signed address that lets the visitor in.
 *
 * @throws RoomsError `misconfigured` if the token is for another client, `bad_reply` if it is no https address.
 * @example
 * location.assign(...bigbluebutton(event.detail));
 */
export function bigbluebutton(detail: TokenDetail): [address: string] {
  const {token} = of('bigbluebutton', detail);
  if (URL.canParse(token) && /^https?:$/.test(new URL(token).protocol)) return [token];
  throw new RoomsError('bad_reply', 'The token for BigBlueButton is not the address of a room.');
}

/**
 * For `join` of a client of `@zoom/videosdk`.
 *
 * @throws RoomsError `misconfigured` if the token is for another client.
 * @example
 * await client.join(...zoom(event.detail));
 */
export function zoom(detail: TokenDetail): [topic: string, token: string, userName: string] {
  const {token, connection} = of('zoom', detail);
  return [connection.topic, token, nameOf(detail)];
}

/** What a client of Janus's VideoRoom needs: one object for the session, one message to join with. */
export interface JanusArguments {
  session: {server: string; token: string; iceServers?: IceServer[]};
  join: {message: {request: 'join'; ptype: 'publisher'; room: string; id: string; token: string; display: string}};
}

/**
 * For the constructor of `janus-gateway`, and for `send` of a handle of `janus.plugin.videoroom`.
 *
 * @throws RoomsError `misconfigured` if the token is for another client, `bad_reply` without the server's address.
 * @example
 * const {session, join} = janus(event.detail);
 * const connection = new Janus({...session, success: () => connection.attach({plugin, success: handle => handle.send(join)})});
 */
export function janus(detail: TokenDetail): JanusArguments {
  const {token, connection} = of('janus', detail);
  const {room, id, pass, iceServers} = connection;
  const session = {server: serverOf(detail), token: pass, ...(iceServers && {iceServers})};
  const display = nameOf(detail);
  return {session, join: {message: {request: 'join', ptype: 'publisher', room, id, token, display}}};
}

/** What a client of the local platform needs: the address, the first message, and how its peers find each other. */
export interface RoomsArguments {
  socket: [url: string];
  join: [message: string];
  peer: [configuration: {iceServers?: IceServer[]}];
}

/**
 * For a `WebSocket` to the local platform, its first message, and each `RTCPeerConnection`.
 *
 * @throws RoomsError `misconfigured` if the token is for another client, `bad_reply` without the server's address.
 * @example
 * const {socket, join} = rooms(event.detail);
 * const connection = new WebSocket(...socket);
 * connection.onopen = () => connection.send(...join);
 */
export function rooms(detail: TokenDetail): RoomsArguments {
  const {token, connection} = of('rooms', detail);
  const {iceServers} = connection;
  return {
    socket: [serverOf(detail)],
    join: [JSON.stringify({type: 'join', token})],
    peer: [iceServers ? {iceServers} : {}],
  };
}
