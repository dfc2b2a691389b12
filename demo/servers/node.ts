// The token proxy on node:http, configured by the environment that proxy.ts describes: npx tsx node.ts
import {createServer, type IncomingMessage} from 'node:http';
import type {AddressInfo} from 'node:net';
import {env} from 'node:process';
import {getRequestListener} from '@hono/node-server';
import {proxyOf, type Environment} from './proxy.js';

const proxy = proxyOf(env as unknown as Environment);

const server = createServer(
  getRequestListener((request, {incoming}) => proxy(request, {ip: (incoming as IncomingMessage).socket.remoteAddress})),
);
server.listen(Number(env.PORT ?? 8787), '127.0.0.1', () => {
  console.log(`Listening at http://127.0.0.1:${(server.address() as AddressInfo).port}/api`);
});
