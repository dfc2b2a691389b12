// The token proxy in an app of Hono, configured by the environment that proxy.ts describes: npx tsx hono.ts
import {env} from 'node:process';
import {serve} from '@hono/node-server';
import {getConnInfo} from '@hono/node-server/conninfo';
import {Hono, type Context} from 'hono';
import {proxyOf, type Environment} from './proxy.js';

const proxy = proxyOf(env as unknown as Environment);
const app = new Hono();

const handle = (context: Context) => proxy(context.req.raw, {ip: getConnInfo(context).remote.address});
app.all('/api', handle).all('/api/*', handle);

serve({fetch: app.fetch, hostname: '127.0.0.1', port: Number(env.PORT ?? 8787)}, ({port}) => {
  console.log(`Listening at http://127.0.0.1:${port}/api`);
});
