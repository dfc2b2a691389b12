// The token proxy as a Cloudflare Worker. It counts in Durable Objects, so all isolates share one count.
//
//   npx wrangler deploy                  wrangler.jsonc configures it; set secrets with `npx wrangler secret put`
//   workerd serve config.capnp           runs it on your own machine. Bundle worker.ts as worker.js first, with the
//                                        condition `workerd` (`esbuild --bundle --format=esm --conditions=workerd`).
import {durableObjectStore, type ObjectNamespace} from '../../src/proxy/proxy.js';
import {proxyOf, type Environment} from './proxy.js';

export {LimitsObject} from '../../src/proxy/proxy.js';

let proxy: ReturnType<typeof proxyOf> | undefined;

export default {
  fetch(
    request: Request,
    env: Environment & {LIMITS_OBJECT: ObjectNamespace},
    context: {waitUntil(work: Promise<unknown>): void},
  ) {
    proxy ??= proxyOf(env, durableObjectStore(env.LIMITS_OBJECT));
    return proxy(request, {
      // A call that several visitors wait for goes on when the first of them leaves.
      waitUntil: work => context.waitUntil(work),
      ip: request.headers.get('cf-connecting-ip') ?? undefined,
    });
  },
};
