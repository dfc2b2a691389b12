import {readFileSync} from 'node:fs';
import type {IncomingMessage} from 'node:http';
import type {Duplex} from 'node:stream';
import {envelope, json, refusalOf, responseOf, roomsApp, WrongMethod} from '../http/routes.js';
import {RoomsError} from '../rooms/errors.js';
import type {Rooms} from '../rooms/rooms.js';
import {authenticate, createApplication, newCredentials, type Credentials} from './applications.js';
import type {Database} from './database/database.js';
import {localRooms} from './local-rooms.js';
import {Webhooks, type WebhookOptions} from './webhooks.js';
import {recordsOf, Sessions, type Health, type TokenFormat} from './sessions/sessions.js';

export type {Credentials} from './applications.js';
export {
  openDatabase,
  type Database,
  type Deadlines,
  type LineListener,
  type Queries,
  type Value,
} from './database/database.js';
export type {Health, Need, TokenFormat} from './sessions/sessions.js';
export type {WebhookOptions} from './webhooks.js';
export {localDirectory, openDirectory} from './local-directory.js';
export {localRooms, type LocalRoomsOptions} from './local-rooms.js';

// Read as a file: Node 20 prints a warning for each imported JSON module.
const OPENAPI = readFileSync(new URL('openapi.json', import.meta.url));

const DAY = 24 * 60 * 60_000;

/** All four prefixes are in use by clients of the platform that this one stands in for. */
const PREFIXES = ['/video/v2', '/v2', '/video/v1', '/v1'];

export interface PlatformOptions {
  /** From `openDatabase`. `close` leaves it open: close it after the platform. */
  database: Database;
  /** Returns the time in epoch ms. @default the time of this computer, and for what lasts a while the database's */
  clock?: (() => number) | undefined;
  /** How often it shows other processes that it is alive, and repairs what faults have left, in ms. @default 10_000 */
  beat?: number | undefined;
  /**
   * How many days the records of sessions say who was connected. After that names, references, data, addresses and agents
   * are erased.
   * @default 30
   */
  keepRecords?: number | undefined;
  /**
   * In which form tokens are issued. `{enablex: url}` is the form that the SDK of the documented platform reads: base64 of
   * JSON, with the host of `url`. Tokens of both forms open sessions.
   * @default 'jwt'
   */
  tokenFormat?: TokenFormat | undefined;
  /** Whether all visitors come from the address of a balancer. Then nothing is counted by address. @default false */
  sharedAddresses?: boolean | undefined;
  /** Told when a session of one of the applications that this platform makes has ended. @default none */
  webhook?: WebhookOptions | undefined;
  /** Path in front of all routes, such as `/platform`. @default '' */
  mount?: string | undefined;
  /** Called with each unexpected error, of which callers see only `internal`. @default console.error */
  log?: ((error: unknown) => void) | undefined;
}

export interface Platform {
  /** Serves the Rooms API, and its OpenAPI document at `/openapi.json`. */
  fetch: (request: Request) => Promise<Response>;
  /**
   * For the `upgrade` event of an HTTP server. Returns false, and leaves the socket alone, for any path but the session's.
   * Calls `known` when the visitor is let in: until then they are a stranger.
   */
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer, known?: () => void) => boolean;
  /**
   * Makes an application, or gives an existing one a new key. Without credentials makes up both. Only a hash of the key is
   * stored. Throws `misconfigured` if the id or the key does not fit into a Basic header.
   */
  createApplication(credentials?: Credentials): Promise<Credentials>;
  /** The rooms of an application, without HTTP. */
  rooms(appId: string): Rooms;
  /** What it can do at present, as of its last heartbeat. */
  readonly health: Health;
  /** Disconnects everybody. Their seats are kept for 30 s, so that clients can resume. The database stays open. */
  close(): Promise<void>;
}

/**
 * The local Rooms platform: rooms, tokens and sessions, stored in one database. Throws `misconfigured` if `mount` is not a
 * path.
 *
 * @example
 * const platform = createPlatform({database: await openDatabase('rooms.db')});
 * const {id, key} = await platform.createApplication();
 * const server = createServer(getRequestListener(platform.fetch)); // from @hono/node-server
 * server.on('upgrade', (request, socket, head) => {
 *   if (!platform.upgrade(request, socket, head)) socket.destroy();
 * });
 */
export function createPlatform(options: PlatformOptions): Platform {
  const {
    database,
    clock,
    beat,
    mount = '',
    log = console.error,
    keepRecords = 30,
    tokenFormat,
    webhook,
    sharedAddresses,
  } = options;
  if (mount && !/^(\/[\w.~-]+)+$/.test(mount)) {
    throw new RoomsError('misconfigured', `“${mount}” is not a path like /platform.`, {key: 'mount'});
  }
  const sessions = new Sessions(database, {
    clock: clock ?? (() => database.now()),
    log,
    beat,
    sharedAddresses,
    keepRecords: keepRecords * DAY,
  });
  const webhooks = webhook && new Webhooks(database, webhook, log);
  const rooms = (appId: string) => localRooms(database, {application: appId, clock, log, tokenFormat});
  const authenticated = async (request: Request) => rooms(await authenticate(database, request));
  const mounts = PREFIXES.map(prefix => mount + prefix);
  const challenge = 'Basic realm="rooms"';
  const app = roomsApp(authenticated, {mounts, challenge, log});
  const {failure} = envelope({challenge});
  const recordsPath = new RegExp(
    `^(?:${mounts.map(path => path.replaceAll('.', '\\.')).join('|')})/cdr/room/([\\w-]{1,64})/?$`,
  );

  /** The records of a room's sessions; undefined for any other path. */
  async function records(request: Request): Promise<Response | undefined> {
    const [, roomId] = recordsPath.exec(new URL(request.url).pathname) ?? [];
    if (roomId === undefined) return undefined;
    const head = request.method === 'HEAD';
    try {
      if (!/^(GET|HEAD)$/.test(request.method)) throw new WrongMethod(['GET'], 'GET the records of a room.');
      const application = await authenticate(database, request);
      const cdr = await recordsOf(database, {application, room_id: roomId, log});
      // A room without records must exist. With records it may be gone.
      if (!cdr.length) await rooms(application).get(roomId);
      return responseOf({...json(JSON.stringify({result: '0', cdr})), head});
    } catch (error) {
      return responseOf({...failure(refusalOf(error, log)), head});
    }
  }

  const isOpenapi = ({method, url}: Request) =>
    /^(GET|HEAD)$/.test(method) && new URL(url).pathname.replace(/\/$/, '') === `${mount}/openapi.json`;

  return {
    fetch: async request => (isOpenapi(request) ? openapi(request) : ((await records(request)) ?? app(request))),
    upgrade(request, socket, head, known) {
      const path = request.url!.split('?', 1)[0]!.replace(/\/$/, '');
      if (!PREFIXES.some(prefix => path === `${mount}${prefix}/session`)) return false;
      sessions.accept(request, socket, head, known);
      return true;
    },
    createApplication: credentials =>
      createApplication(database, credentials ?? newCredentials(), {now: (clock ?? Date.now)(), webhook: webhook?.url}),
    rooms,
    get health() {
      return sessions.health;
    },
    async close() {
      await sessions.close();
      await webhooks?.close();
    },
  };
}

function openapi({method}: Request): Response {
  const headers = {'content-type': 'application/json', 'content-length': String(OPENAPI.length)};
  return new Response(method === 'HEAD' ? null : OPENAPI, {headers});
}
