import assert from 'node:assert/strict';
import {once} from 'node:events';
import {createServer, type IncomingMessage, type RequestListener, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';
import {describe, it} from 'node:test';
import {pathToFileURL} from 'node:url';
import {getRequestListener} from '@hono/node-server';
import {getConnInfo} from '@hono/node-server/conninfo';
import {Hono} from 'hono';
import {proxyOf, type Environment} from '../../demo/servers/proxy.js';
import {golden, play} from './transcript.js';
import {openWorld} from './world.js';

// The recipes of the README, word for word, each asked all that the transcript holds.

type Proxy = ReturnType<typeof proxyOf>;

const {EXPRESS, FASTIFY} = process.env;
const loaded = async <T>(path: string) => ((await import(pathToFileURL(path).href)) as {default: T}).default;

const onNodeHttp = (proxy: Proxy): RequestListener =>
  getRequestListener((request, {incoming}) => proxy(request, {ip: (incoming as IncomingMessage).socket.remoteAddress}));

/** A request as Express and Fastify have it. */
interface Asked {
  ip: string;
}

interface Express extends RequestListener {
  all(path: RegExp, handler: (request: IncomingMessage & Asked, response: ServerResponse) => unknown): void;
  use(handler: unknown): void;
}

async function onExpress(proxy: Proxy): Promise<RequestListener> {
  const express = await loaded<(() => Express) & {json: () => unknown}>(EXPRESS!);
  const app = express();
  app.all(/^\/api(\/|$)/, (request, response) =>
    getRequestListener(asked => proxy(asked, {ip: request.ip}))(request, response),
  );
  app.use(express.json());
  return app;
}

interface Fastify {
  register(plugin: (scope: Fastify) => Promise<void>): void;
  removeAllContentTypeParsers(): void;
  addContentTypeParser(type: string, parser: (request: unknown, body: unknown, done: () => void) => void): void;
  all(path: string, handler: (request: Asked & {raw: IncomingMessage}, reply: Reply) => unknown): void;
  ready(): Promise<void>;
  routing: RequestListener;
}

interface Reply {
  raw: ServerResponse;
  hijack(): void;
}

async function onFastify(proxy: Proxy): Promise<RequestListener> {
  const fastify = await loaded<() => Fastify>(FASTIFY!);
  const app = fastify();
  app.register(async scope => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _body, done) => done());
    for (const path of ['/api', '/api/*']) {
      scope.all(path, (request, reply) => {
        reply.hijack();
        return getRequestListener(asked => proxy(asked, {ip: request.ip}))(request.raw, reply.raw);
      });
    }
  });
  await app.ready();
  return app.routing;
}

/** What `app/api/[[...path]]/route.ts` exports, called as Next calls it: by the method. */
function onNext(proxy: Proxy): RequestListener {
  const handle = (request: Request) => proxy(request, {ip: request.headers.get('x-real-ip') ?? undefined});
  const route: Record<string, typeof handle> = {
    GET: handle,
    HEAD: handle,
    POST: handle,
    PUT: handle,
    PATCH: handle,
    DELETE: handle,
    OPTIONS: handle,
  };
  return getRequestListener(request => route[request.method]!(request));
}

function onHono(proxy: Proxy): RequestListener {
  const app = new Hono();
  const handle = (c: Parameters<typeof getConnInfo>[0]) => proxy(c.req.raw, {ip: getConnInfo(c).remote.address});
  app.all('/api', handle).all('/api/*', handle);
  return getRequestListener(app.fetch);
}

const MOUNTS: [where: string, mount: (proxy: Proxy) => RequestListener | Promise<RequestListener>, skip?: string][] = [
  ['node:http', onNodeHttp],
  ['Express', onExpress, EXPRESS ? undefined : 'no EXPRESS'],
  ['Fastify', onFastify, FASTIFY ? undefined : 'no FASTIFY'],
  ['a route of Next', onNext],
  ['Hono', onHono],
];

describe('the token proxy in a server of your own', () => {
  for (const [where, mount, skip] of MOUNTS) {
    it(`gives the sixty answers in ${where}`, {skip: skip ?? false}, async t => {
      const world = await openWorld(t);
      // It is told of bad grants, which are part of the transcript.
      t.mock.method(console, 'error', () => {});
      const server = createServer(await mount(proxyOf(world.env as unknown as Environment)));
      server.listen(0, '127.0.0.1');
      await once(server, 'listening');
      t.after(() => server.close());
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
      const played = await play(golden, world, {url, headers: {'x-real-ip': '127.0.0.1'}});
      for (const [at, step] of golden.entries()) assert.deepEqual(played[at], step, step.title);
    });
  }
});
