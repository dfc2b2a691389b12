import assert from 'node:assert/strict';
import {describe, it, type TestContext} from 'node:test';
import {BUN, DENO, onBun, onDeno, onNode, onWorkerd, WORKERD} from './runtimes.js';
import {golden, play, type Running} from './transcript.js';
import {openWorld, type World} from './world.js';

const RUNTIMES: [name: string, start: (t: TestContext, world: World) => Promise<Running>, skip: string | false][] = [
  ['Node', onNode, false],
  ['workerd', onWorkerd, WORKERD ? false : 'no WORKERD'],
  ['Deno', onDeno, DENO ? false : 'no DENO'],
  ['Bun', onBun, BUN ? false : 'no BUN'],
];

describe('the token proxy, asked sixty things', () => {
  for (const [name, start, skip] of RUNTIMES) {
    it(`gives the same answers on ${name} as on every other runtime`, {skip}, async t => {
      const world = await openWorld(t);
      const played = await play(golden, world, await start(t, world));
      assert.equal(played.length, 60);
      for (const [at, step] of golden.entries()) assert.deepEqual(played[at], step, step.title);
    });
  }
});
