import assert from 'node:assert/strict';
import {describe, it, type TestContext} from 'node:test';
import {BUN, DENO, EXPRESS, FASTIFY, onServer, onBun, onDeno, onNext, onNode, onWorkerd, WORKERD} from './runtimes.js';
import {golden, play, type Running} from './transcript.js';
import {openWorld, type World} from './world.js';

/** The command, and each of the servers in demo/servers. */
const SERVERS: [name: string, start: (t: TestContext, world: World) => Promise<Running>, skip: string | false][] = [
  ['Node', onNode, false],
  ['workerd', onWorkerd, WORKERD ? false : 'no WORKERD'],
  ['Deno', onDeno, DENO ? false : 'no DENO'],
  ['Bun', onBun, BUN ? false : 'no BUN'],
  ['node:http', onServer('node'), false],
  ['Hono', onServer('hono'), false],
  ['Express', onServer('express'), EXPRESS ? false : 'no EXPRESS'],
  ['Fastify', onServer('fastify'), FASTIFY ? false : 'no FASTIFY'],
  ['a route of Next', onNext, false],
];

describe('the token proxy, asked sixty things', () => {
  for (const [name, start, skip] of SERVERS) {
    it(`gives the same answers on ${name} as on every other server`, {skip}, async t => {
      const world = await openWorld(t);
      const played = await play(golden, world, await start(t, world));
      assert.equal(played.length, 60);
      for (const [at, step] of golden.entries()) assert.deepEqual(played[at], step, step.title);
    });
  }
});
