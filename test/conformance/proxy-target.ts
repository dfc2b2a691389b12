import {mkdtemp, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after} from 'node:test';
import {call, succeeded, type Json} from './client.js';
import {startOurs, target} from './target.js';

/** The headers that identify a person to the proxy. */
export type Person = Record<string, string>;

/** The proxy under test. */
interface ProxyTarget {
  /** The base URL, in front of `/rooms`: `https://shop.example/api`. */
  url: string;
  /** The origin of a page that may call the proxy. */
  origin: string;
  visitor: Person;
  moderator?: Person;
  manager?: Person;
  /** A role the visitor may have, but not moderator. */
  role: string;
  /** A room that the visitor may join. */
  room: string;
  /** A room that exists and is out of the visitor's reach. */
  foreign?: string;
  /** Texts that no answer may contain. */
  secrets: string[];
}

const {
  PROXY_URL,
  PROXY_ORIGIN,
  PROXY_GRANT,
  PROXY_HEADERS,
  PROXY_MODERATOR,
  PROXY_MANAGER,
  PROXY_ROLE = 'participant',
  PROXY_ROOM,
  PROXY_FOREIGN_ROOM,
  PROXY_CREDENTIALS,
  PROXY_GUESTS,
  PROXY_LIMITS,
} = process.env;

/** What can be tested: all of it on our own proxy, on another one what the variables allow. */
const HAS = {
  foreign: !PROXY_URL || Boolean(PROXY_FOREIGN_ROOM),
  moderator: !PROXY_URL || Boolean(PROXY_MODERATOR),
  manager: !PROXY_URL || Boolean(PROXY_MANAGER),
  credentials: !PROXY_URL || Boolean(PROXY_CREDENTIALS),
  strangers: !PROXY_URL || PROXY_GUESTS !== '1',
  limits: !PROXY_URL || PROXY_LIMITS === '1',
};
const WITHOUT: Record<keyof typeof HAS, string> = {
  foreign: 'no PROXY_FOREIGN_ROOM',
  moderator: 'no PROXY_MODERATOR',
  manager: 'no PROXY_MANAGER',
  credentials: 'no PROXY_CREDENTIALS',
  strangers: 'PROXY_GUESTS=1',
  limits: 'no PROXY_LIMITS=1',
};

/** Options of a test that needs these features. */
export function needs(...features: (keyof typeof HAS)[]): {skip: string | false} {
  const absent = features.find(feature => !HAS[feature]);
  return {skip: absent ? `skipped: ${WITHOUT[absent]}` : false};
}

let found: Promise<ProxyTarget> | undefined;
let stop = async () => {};
// Registered here, outside of tests: inside one, `after` would stop the server when that test ends.
after(() => stop());

/** The proxy at `PROXY_URL`. Without it starts our own, once, in front of the platform under test. */
export const proxy = () => (found ??= PROXY_URL ? theirs(PROXY_URL) : ours());

async function theirs(url: string): Promise<ProxyTarget> {
  if (!PROXY_ORIGIN || !PROXY_ROOM) {
    throw new Error(
      'Set PROXY_ORIGIN to the origin of a page that may call the proxy, and PROXY_ROOM to a room the visitor may join.',
    );
  }
  return {
    url: url.replace(/\/$/, ''),
    origin: PROXY_ORIGIN,
    visitor: personOf('PROXY_HEADERS', PROXY_HEADERS) ?? (PROXY_GRANT ? {authorization: `Bearer ${PROXY_GRANT}`} : {}),
    moderator: personOf('PROXY_MODERATOR', PROXY_MODERATOR),
    manager: personOf('PROXY_MANAGER', PROXY_MANAGER),
    role: PROXY_ROLE,
    room: PROXY_ROOM,
    foreign: PROXY_FOREIGN_ROOM,
    secrets: secretsIn(PROXY_CREDENTIALS),
  };
}

function personOf(variable: string, headers?: string): Person | undefined {
  if (!headers) return undefined;
  try {
    return JSON.parse(headers) as Person;
  } catch {
    throw new Error(`${variable} must be headers as JSON, such as {"cookie":"session=…"}.`);
  }
}

/** The key, and the Basic header made of id and key. The id alone is not secret. */
const secretsIn = (credentials = '') => {
  const key = credentials.slice(credentials.indexOf(':') + 1);
  return key ? [key, btoa(credentials)] : [];
};

/** A room with many values that visitors must not see. */
const TELLTALE = {
  name: 'Conformance',
  owner_ref: 'secret-owner',
  settings: {
    description: 'Come in',
    participants: 100,
    billing_code: 'secret-billing',
    audiences: 1,
    hls_view_url: 'https://secret.example/hls',
    live_recording: {auto_recording: true, url: 'https://secret.example/live'},
    media_zone: 'US',
  },
  sip: {enabled: true},
  data: {note: 'secret-data'},
};

/** Makes two rooms at the platform under test; no visitor may reach the second. They are deleted after the tests. */
export async function twoRooms(): Promise<[room: string, foreign: string]> {
  const make = async (name: string) => {
    const reply = await call('POST', '/rooms', {...TELLTALE, name});
    return (succeeded(reply, 'room').room as Json & {room_id: string}).room_id;
  };
  const rooms: [string, string] = [await make('Conformance'), await make('Out of reach')];
  const before = stop;
  stop = async () => {
    await before();
    // If these tests started the platform, it has stopped by now, and its rooms are gone with it.
    for (const room of rooms) await call('DELETE', `/rooms/${room}`).catch(() => {});
  };
  return rooms;
}

const authorizeModule = (people: object) => `const people = new Map(Object.entries(${JSON.stringify(people)}));
export default ({headers}) => people.get(headers.get('authorization')) ?? null;
`;

/** Starts our own proxy by its command, with three people. */
async function ours(): Promise<ProxyTarget> {
  const {url: PLATFORM_URL, app} = await target();
  const [room, foreign] = await twoRooms();
  const folder = await mkdtemp(join(tmpdir(), 'greenroom-'));
  const [visitor, moderator, manager] = ['visitor', 'moderator', 'manager'].map(who => ({
    authorization: `Bearer ${who}`,
  }));
  const people = {
    [visitor!.authorization]: {user_ref: 'visitor', roles: ['participant', 'viewer'], rooms: [room]},
    [moderator!.authorization]: {user_ref: 'moderator', roles: ['moderator', 'participant'], rooms: [room]},
    [manager!.authorization]: {user_ref: 'manager', roles: ['participant'], rooms: '*', can: ['manage', 'users']},
  };
  const AUTHORIZE = join(folder, 'authorize.mjs');
  await writeFile(AUTHORIZE, authorizeModule(people));
  const origin = 'https://shop.example';
  const started = await startOurs(['proxy'], {
    PLATFORM_URL,
    APP_ID: app.id,
    APP_KEY: app.key,
    AUTHORIZE,
    USER_REFS: 'plain',
    ORIGINS: origin,
    MOUNT: '/api',
    PORT: '0',
    // More than all other statements use together, and few enough for the statement about limits.
    LIMITS_TOKENS_VISITOR: '250/60',
    LIMITS_TOKENS_IP: '100000/60',
    LIMITS_READS_VISITOR: '100000/60',
  });
  const before = stop;
  stop = async () => {
    await started.stop();
    await before();
    await rm(folder, {recursive: true});
  };
  const secrets = secretsIn(`${app.id}:${app.key}`);
  return {
    url: `${started.origin}/api`,
    origin,
    visitor: visitor!,
    moderator,
    manager,
    role: 'participant',
    room,
    foreign,
    secrets,
  };
}
