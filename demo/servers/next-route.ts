// The token proxy as a route of Next, configured by the environment that proxy.ts describes. In an app it is the file
// app/api/[[...path]]/route.ts.
import {env} from 'node:process';
import {proxyOf, type Environment} from './proxy.js';

let proxy: ReturnType<typeof proxyOf> | undefined;

function handle(request: Request): Promise<Response> {
  // The first request makes the proxy: `next build` runs this file, too, and has no credentials.
  proxy ??= proxyOf(env as unknown as Environment);
  // Most hosts of Next apps set this header. Make sure that yours does, and that visitors cannot set it themselves.
  return proxy(request, {ip: request.headers.get('x-real-ip') ?? undefined});
}

export {
  handle as GET,
  handle as HEAD,
  handle as POST,
  handle as PUT,
  handle as PATCH,
  handle as DELETE,
  handle as OPTIONS,
};
