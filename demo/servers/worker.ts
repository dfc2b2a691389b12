// The token proxy as a Cloudflare Worker, which counts in Durable Objects: what one isolate takes, no other has.
//
//   npx wrangler deploy                  configured by wrangler.jsonc; secrets by `npx wrangler secret put`
//   workerd serve config.capnp           on your own machine, when worker.ts is bundled as worker.js with the
//                                        condition `workerd` (`esbuild --bundle --format=esm --conditions=workerd`)
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
      ip: request.headers.get('cf-connecting-ip') ?? undefined,
      waitUntil: work => context.waitUntil(work),
    });
  },
};
