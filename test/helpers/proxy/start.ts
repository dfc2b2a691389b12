import {notFound, type CallOptions, type Room, type Rooms} from '../../../src/rooms/rooms.js';
import {tokenProxy, type LogEntry, type TokenProxyOptions, type Visitor} from '../../../src/proxy/proxy.js';

export const ORIGIN = 'https://shop.example';
export const NOW = Date.UTC(2030, 0, 7, 12);
export const TOKEN = 'CANARY-TOKEN';

/** Everything a platform may say of a room, most of which is not for everybody. */
export const room = (room_id: string): Room => ({
  room_id,
  name: 'Lobby',
  owner_ref: 'secret-owner',
  settings: {
    description: 'Come in',
    mode: 'group',
    scheduled: true,
    scheduled_time: '2030-01-07 16:00:00',
    duration: 60,
    participants: 2,
    billing_code: 'secret-billing',
    hls_view_url: 'https://secret.example/hls',
    live_recording: {auto_recording: true, url: 'rtmp://secret.example'},
    role_based_recording: {moderator: 'audio'},
    media_zone: 'IN',
  },
  sip: {enabled: true, pin: 'secret-pin', meeting_id: 7},
  data: {note: 'secret-data'},
  created: '2030-01-01T00:00:00.000Z',
  updated: '2030-01-02T00:00:00.000Z',
  isRoomActive: true,
});

export type Recorded = Rooms & {calls: [operation: string, ...args: unknown[]][]};

/** A platform of two rooms, `lobby` and `vault`, that remembers what it was asked; `but` replaces operations. */
export function recorded(but: Partial<Rooms> = {}): Recorded {
  const calls: Recorded['calls'] = [];
  const at = (id: string) => {
    if (id !== 'lobby' && id !== 'vault') throw notFound();
    return room(id);
  };
  const rooms: Rooms = {
    list: async () => [room('lobby'), room('vault')],
    get: async id => at(id),
    create: async () => room('made'),
    update: async id => void at(id),
    remove: async id => void at(id),
    users: async id => {
      at(id);
      const permissions = {publish: true, subscribe: true, secret: 'secret-permission'};
      const user = {name: 'Ann', role: 'participant' as const, user_ref: 'secret-ref', permissions, ip: 'secret-ip'};
      return [user];
    },
    token: async id => {
      at(id);
      return {token: TOKEN, extra: 'secret-extra'};
    },
    now: () => NOW,
    ...but,
  };
  const given = Object.entries(rooms).filter(([, run]) => run !== undefined);
  const recording = given.map(([name, run]) => [
    name,
    (...args: unknown[]) => {
      // The command asks for this room again and again, to know whether the platform answers.
      if (name !== 'now' && name !== 'enforces' && args[0] !== 'greenroom-health')
        calls.push([name, ...args.filter(arg => !(arg as CallOptions)?.signal)]);
      return (run as (...args: unknown[]) => unknown)(...args);
    },
  ]);
  return Object.assign(Object.fromEntries(recording) as Rooms, {calls});
}

/** Somebody who may do all of it; tests take away. */
export const visitor = (but: Partial<Visitor> = {}): Visitor => ({
  user_ref: 'u1',
  roles: ['participant', 'viewer'],
  rooms: '*',
  can: ['manage', 'users'],
  ...but,
});

export const plain = (but: Partial<Visitor> = {}) => visitor({can: [], ...but});

export interface Asked {
  headers?: Record<string, string | undefined>;
  body?: unknown;
  signal?: AbortSignal;
  /** The address it comes from. @default unknown */
  ip?: string;
}

/** A request as a page of ours sends it; a header that is undefined is left out. */
export function request(method: string, path: string, {headers = {}, body, signal}: Asked = {}): Request {
  const json = body === undefined ? {} : {'content-type': 'application/json'};
  const all = {origin: ORIGIN, 'x-rooms-client': 'test', ...json, ...headers};
  const sent = Object.entries(all).filter((header): header is [string, string] => header[1] !== undefined);
  const text = typeof body === 'string' || body instanceof Uint8Array ? body : body && JSON.stringify(body);
  return new Request(`https://proxy.example${path}`, {method, headers: sent, body: text as string, signal});
}

/** A proxy over `rooms` for one visitor, and what it told its operator. */
export function start(rooms: Rooms, who: Visitor | null = visitor(), more: Partial<TokenProxyOptions> = {}) {
  const lines: LogEntry[] = [];
  const proxy = tokenProxy({
    rooms,
    authorize: () => who,
    userRefs: 'plain',
    origins: [ORIGIN],
    log: line => lines.push(line),
    ...more,
  });
  async function ask(method: string, path: string, asked?: Asked) {
    const response = await proxy(request(method, path, asked), {ip: asked?.ip});
    const text = await response.text();
    const body = (text ? JSON.parse(text) : undefined) as Record<string, unknown>;
    // The same answer to two requests differs in what they are called, and in nothing else.
    const id = response.headers.get('x-request-id')!;
    response.headers.set('x-request-id', 'ID');
    return {status: response.status, headers: response.headers, text: text.replace(id, 'ID'), body, id};
  }
  return {proxy, ask, lines};
}

/** What `token` is asked with by default. */
export const WISH = {name: 'Ann', role: 'participant'};

/** Each operation as a request about one room. */
export const routes = (id: string): [method: string, path: string, body?: object][] => [
  ['GET', `/rooms/${id}`],
  ['PATCH', `/rooms/${id}`, {name: 'New'}],
  ['DELETE', `/rooms/${id}`],
  ['GET', `/rooms/${id}/users`],
  ['POST', `/rooms/${id}/tokens`, WISH],
];
