// The token proxy on Deno, configured by the environment that proxy.ts describes:
//
//   deno serve --allow-net --allow-env --unstable-sloppy-imports --host 127.0.0.1 --port 8787 deno.ts
import {env} from 'node:process';
import {proxyOf, type Environment} from './proxy.js';

const proxy = proxyOf(env as unknown as Environment);

export default {
  fetch: (request: Request, {remoteAddr}: {remoteAddr: {hostname: string}}) =>
    proxy(request, {ip: remoteAddr.hostname}),
};
