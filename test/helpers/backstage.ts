import {randomBytes} from 'node:crypto';
import {once} from 'node:events';
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';
import {getRequestListener} from '@hono/node-server';
import type {TestRunnerPlugin} from '@web/test-runner';
import {WebSocket} from 'ws';
import {createPlatform, openDatabase, type Platform} from '../../src/platform/platform.js';
import {basicAuth, platformRooms, tokenProxy, type Rooms, type Visitor} from '../../src/proxy/proxy.js';
import type {RoomDefinition} from '../../src/rooms/definition.js';
import type {TokenRequest} from '../../src/rooms/schema.js';

const BOB: TokenRequest = {name: 'Bob', role: 'participant', user_ref: 'bob'};

/** What a test in the browser needs before it begins. */
export interface StageRequest {
  origin: string;
  rooms: Omit<RoomDefinition, 'owner_ref'>[];
  /** How far the servers' clock is ahead of the browser's, in ms. */
  clockOffset?: number;
  /** The visitor that `authorize` returns for everybody. Default: guests without a name. */
  visitor?: Visitor;
}

/** What the test gets: its own platform, application, rooms and token proxy, all over HTTP. */
export interface Stage {
  id: string;
  endpoint: string;
  roomIds: string[];
}

export interface StageCall {
  id: string;
  /**
   * An operation of `Rooms` on the platform itself, or one of these: `hold` and `release` answers to writes, `lose` the
   * next of them on its way to the page, `count` calls, `occupy` a room by connecting a person, let the person with a
   * name `leave` it, `advance` the servers' clock by ms.
   */
  call: keyof Rooms | 'hold' | 'release' | 'lose' | 'count' | 'occupy' | 'leave' | 'advance';
  args?: unknown[];
}

/** An object, because a command that returns undefined counts as unknown. */
export interface Answer {
  value?: unknown;
}

interface Behind {
  platform: Platform;
  rooms: Rooms;
  proxy: (request: Request) => Promise<Response>;
  /** How often the proxy called each operation of the platform. */
  counts: Record<string, number>;
  gate?: {open: Promise<void>; release: () => void};
  clockOffset: number;
  loses?: boolean;
  /** The connected people by name. */
  sockets: Record<string, WebSocket>;
}

/** Commands by which tests in the browser set up real platforms and real proxies in this process. */
export function backstage(): TestRunnerPlugin {
  const stages = new Map<string, Behind>();
  let server: Server;
  let base: string;

  async function open({origin, rooms: definitions, clockOffset = 0, visitor}: StageRequest): Promise<Stage> {
    const id = randomBytes(6).toString('hex');
    const clock = () => Date.now() + (stages.get(id)?.clockOffset ?? clockOffset);
    const platform = createPlatform({database: await openDatabase(':memory:'), mount: `/platform/${id}`, clock});
    const application = await platform.createApplication();
    const upstream = platformRooms({
      endpoint: `${base}/platform/${id}/video/v2`,
      headers: {authorization: basicAuth(application.id, application.key)},
    });
    const counts: Record<string, number> = {};
    const count = (name: string) => (counts[name] = (counts[name] ?? 0) + 1);
    const held = async <T>(name: string, work: Promise<T>): Promise<T> => {
      count(name);
      const value = await work;
      await stages.get(id)!.gate?.open;
      return value;
    };
    const counted: Rooms = {
      ...upstream,
      now: clock,
      list: (...args) => (count('list'), upstream.list(...args)),
      get: (...args) => (count('get'), upstream.get(...args)),
      users: (...args) => (count('users'), upstream.users(...args)),
      create: (...args) => held('create', upstream.create(...args)),
      update: (...args) => held('update', upstream.update(...args)),
      remove: (...args) => held('remove', upstream.remove(...args)),
      token: (...args) => held('token', upstream.token(...args)),
    };
    const proxy = tokenProxy({
      rooms: counted,
      ...(visitor
        ? {authorize: () => visitor, userRefs: 'plain' as const}
        : {guests: {roles: ['participant', 'viewer']}}),
      origins: [origin],
      mount: `/proxy/${id}`,
      serverUrl: `${base.replace('http', 'ws')}/platform/${id}/video/v2/session`,
      // No cache: tests change rooms directly at the platform, and count the proxy's requests.
      cache: 0,
    });
    const rooms = platform.rooms(application.id);
    stages.set(id, {platform, rooms, proxy, counts, clockOffset, sockets: {}});
    const roomIds: string[] = [];
    for (const definition of definitions) {
      roomIds.push((await rooms.create({owner_ref: 'test', ...definition})).room_id);
    }
    return {id, endpoint: `${base}/proxy/${id}`, roomIds};
  }

  async function run({id, call, args = []}: StageCall): Promise<unknown> {
    const stage = stages.get(id)!;
    switch (call) {
      case 'count':
        return stage.counts[args[0] as string] ?? 0;
      case 'advance':
        stage.clockOffset += args[0] as number;
        return undefined;
      case 'occupy':
        return occupy(id, args[0] as string, args[1] as TokenRequest | undefined);
      case 'leave':
        stage.sockets[args[0] as string]!.send(JSON.stringify({type: 'leave'}));
        return undefined;
      case 'hold': {
        let release = () => {};
        stage.gate = {open: new Promise(resolve => (release = resolve)), release: () => release()};
        return undefined;
      }
      case 'lose':
        stage.loses = true;
        return undefined;
      case 'release':
        return stage.gate?.release();
      default:
        return (stage.rooms[call] as (...args: unknown[]) => Promise<unknown>)(...args);
    }
  }

  async function occupy(id: string, roomId: string, asked: TokenRequest = BOB) {
    const {token} = await stages.get(id)!.rooms.token(roomId, asked);
    const socket = new WebSocket(`${base.replace('http', 'ws')}/platform/${id}/video/v2/session`);
    await once(socket, 'open');
    socket.send(JSON.stringify({type: 'join', token}));
    await once(socket, 'message');
    stages.get(id)!.sockets[asked.name!] = socket;
  }

  /** Addresses that are no token proxy, for a wrong endpoint. */
  function fault({method, url}: Request): Response {
    const headers = {'access-control-allow-origin': '*', 'access-control-allow-headers': '*'};
    if (method === 'OPTIONS') return new Response(null, {status: 204, headers});
    switch (new URL(url).pathname) {
      case '/fault/html/rooms':
        return new Response('<!doctype html><title>Shop</title>', {headers: {...headers, 'content-type': 'text/html'}});
      case '/fault/one-broken/rooms':
        return Response.json(
          {
            result: 0,
            rooms: [
              {room_id: 'whole', name: 'Whole', settings: {}},
              {room_id: '../x', name: 1},
            ],
          },
          {headers},
        );
      default:
        return new Response(null, {status: 404, headers});
    }
  }

  async function proxied(stage: Behind, request: Request): Promise<Response> {
    const response = await stage.proxy(request);
    if (!stage.loses || !/POST|PATCH|DELETE/.test(request.method)) return response;
    stage.loses = false;
    // The write was done, but its answer breaks off half-way.
    const {status, headers} = response;
    headers.delete('content-length');
    return new Response((await response.text()).slice(0, 9), {status, headers});
  }

  async function answer(request: Request): Promise<Response> {
    const {pathname} = new URL(request.url);
    const [, kind, id] = pathname.split('/');
    if (kind === 'platform') return stages.get(id!)!.platform.fetch(request);
    if (kind === 'proxy') return proxied(stages.get(id!)!, request);
    return fault(request);
  }

  return {
    name: 'backstage',
    async serverStart() {
      server = createServer(getRequestListener(answer));
      server.on('upgrade', (request, socket, head) => {
        stages.get(request.url!.split('/')[2]!)!.platform.upgrade(request, socket, head);
      });
      await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
      base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    },
    async serverStop() {
      for (const {platform} of stages.values()) await platform.close();
      server.closeAllConnections();
      server.close();
    },
    executeCommand({command, payload}) {
      if (command === 'backstage:open') return open(payload as StageRequest);
      if (command === 'backstage:run') return run(payload as StageCall).then((value): Answer => ({value}));
      if (command === 'backstage:base') return base;
      return undefined;
    },
  };
}
