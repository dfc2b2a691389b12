// The token proxy on Bun, configured by the environment that proxy.ts describes: bun bun.ts
import {env} from 'node:process';
import {proxyOf, type Environment} from './proxy.js';

const proxy = proxyOf(env as unknown as Environment);

export default {
  port: env.PORT ?? 8787,
  hostname: env.HOST ?? '127.0.0.1',
  fetch: (request: Request, server: {requestIP(request: Request): {address: string} | null}) =>
    proxy(request, {ip: server.requestIP(request)?.address}),
};
