// The token proxy in an app of Fastify, configured by the environment that proxy.ts describes: npx tsx fastify.ts
import {env} from 'node:process';
import {getRequestListener} from '@hono/node-server';
import fastify from 'fastify';
import {proxyOf, type Environment} from './proxy.js';

const proxy = proxyOf(env as unknown as Environment);
const app = fastify();

app.register(async scope => {
  // Fastify leaves the body of these routes alone, because the proxy reads it itself.
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('*', (_request, _body, done) => done());
  for (const path of ['/api', '/api/*']) {
    scope.all(path, (request, reply) => {
      reply.hijack();
      return getRequestListener(fetched => proxy(fetched, {ip: request.ip}))(request.raw, reply.raw);
    });
  }
});

console.log(`Listening at ${await app.listen({host: '127.0.0.1', port: Number(env.PORT ?? 8787)})}/api`);
