import {createHash, randomBytes, timingSafeEqual} from 'node:crypto';
import {readFileSync} from 'node:fs';
import type {IncomingMessage} from 'node:http';
import type {Duplex} from 'node:stream';
import {Hono} from 'hono';
import {auth} from 'hono/utils/basic-auth';
import {roomsApp} from '../http/routes.js';
import {RoomsError} from '../rooms/errors.js';
import type {Rooms} from '../rooms/rooms.js';
import type {Database} from './database/database.js';
import {localRooms} from './local-rooms.js';
import {Sessions} from './sessions/sessions.js';
import {newSecret} from './tokens.js';

export {openDatabase, type Database, type Queries, type Value} from './database/database.js';
export {localRooms, type LocalRoomsOptions} from './local-rooms.js';

// Read, since Node 20 warns of every JSON module it imports.
const OPENAPI = readFileSync(new URL('openapi.json', import.meta.url));

/** Clients of the real platform use all four. */
const PREFIXES = ['/video/v2', '/v2', '/video/v1', '/v1'];

export interface PlatformOptions {
  /** From `openDatabase`; whoever opened it closes it, after the platform. */
  database: Database;
  /** The time in epoch ms; the machine's own unless told. */
  clock?: () => number;
  /** Path below which everything is, `/platform`; the root unless told. */
  mount?: string;
  /** Told of faults that are nobody's but ours; the console unless told. */
  log?: (error: unknown) => void;
}

/** What an application authenticates with, by HTTP Basic. */
export interface Credentials {
  id: string;
  key: string;
}

export interface Platform {
  /** The Rooms API over HTTP, and what it is in `/openapi.json`. */
  fetch: (request: Request) => Promise<Response>;
  /** The `upgrade` listener of an HTTP server; false when the request is for somebody else and was left alone. */
  upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => boolean;
  /** Makes an application; the key is told only here. With an id that exists, gives it this key. */
  createApplication(credentials?: Credentials): Promise<Credentials>;
  /** An application's rooms, without HTTP. */
  rooms(appId: string): Rooms;
  /** Ends all sessions; the database stays open. */
  close(): Promise<void>;
}

/** The local Rooms platform: rooms, tokens and the sessions they open, in one database and one process. */
export function createPlatform(options: PlatformOptions): Platform {
  const {database, clock = Date.now, mount = '', log = console.error} = options;
  if (mount && !/^(\/[\w.~-]+)+$/.test(mount)) {
    throw new RoomsError('misconfigured', `“${mount}” is not a path like /platform.`, {key: 'mount'});
  }
  const sessions = new Sessions(database, {clock, log});
  const rooms = (appId: string) => localRooms(database, {application: appId, clock});
  const authenticated = async (request: Request) => rooms(await authenticate(database, request));
  const api = roomsApp(authenticated, {challenge: 'Basic realm="rooms"', log});
  const app = new Hono({strict: false});
  for (const prefix of PREFIXES) app.route(mount + prefix, api);
  app.get(`${mount}/openapi.json`, () => {
    const headers = {'content-type': 'application/json', 'content-length': String(OPENAPI.length)};
    return new Response(OPENAPI, {headers});
  });
  // Outside the prefixes there is nothing else; the API says so in its own form.
  app.notFound(() => api.request('/'));

  return {
    fetch: async request => app.fetch(request),
    upgrade(request, socket, head) {
      const path = request.url!.split('?', 1)[0]!.replace(/\/$/, '');
      if (!PREFIXES.some(prefix => path === `${mount}${prefix}/session`)) return false;
      sessions.accept(request, socket, head);
      return true;
    },
    createApplication: credentials => createApplication(database, credentials ?? newCredentials(), clock()),
    rooms,
    close: () => sessions.close(),
  };
}

/** Credentials that nobody guesses. */
export const newCredentials = (): Credentials => ({
  id: randomBytes(12).toString('hex'),
  key: randomBytes(24).toString('base64url'),
});

const hash = (key: string) => createHash('sha256').update(key).digest();

async function createApplication(database: Database, {id, key}: Credentials, now: number): Promise<Credentials> {
  // A colon would end the id in a Basic header, and beyond ASCII clients disagree on the encoding.
  if (!/^[!-9;-~]{1,128}$/.test(id)) throw new RoomsError('misconfigured', 'The id is not plain text.', {key: 'id'});
  if (!/^[!-~]{1,512}$/.test(key)) throw new RoomsError('misconfigured', 'The key is not plain text.', {key: 'key'});
  await database.all(
    `insert into applications (id, key_hash, secret, created) values (?, ?, ?, ?)
      on conflict (id) do update set key_hash = excluded.key_hash`,
    id,
    hash(key).toString('base64url'),
    newSecret(),
    now,
  );
  return {id, key};
}

/** The id of the application that asks. An unknown id costs and answers what a wrong key does. */
async function authenticate(database: Database, request: Request): Promise<string> {
  const {username, password} = auth(request) ?? {username: '', password: ''};
  const rows = await database.all<{key_hash: string}>('select key_hash from applications where id = ?', username);
  const expected = Buffer.from(rows[0]?.key_hash ?? hash(newSecret()).toString('base64url'), 'base64url');
  if (timingSafeEqual(hash(password), expected)) return username;
  throw new RoomsError('unauthorized', 'Application not found', {
    desc: 'Send the application’s id and key as HTTP Basic credentials.',
  });
}
