// The token proxy in an app of Express, configured by the environment that proxy.ts describes: npx tsx express.ts
import {env} from 'node:process';
import {getRequestListener} from '@hono/node-server';
import express from 'express';
import {proxyOf, type Environment} from './proxy.js';

const proxy = proxyOf(env as unknown as Environment);
const app = express();

// Before express.json(), because the proxy reads the body itself.
app.all(/^\/api(\/|$)/, (request, response) =>
  getRequestListener(fetched => proxy(fetched, {ip: request.ip}))(request, response),
);
app.use(express.json());

const server = app.listen(Number(env.PORT ?? 8787), '127.0.0.1', error => {
  if (error) throw error;
  console.log(`Listening at http://127.0.0.1:${server.address().port}/api`);
});
