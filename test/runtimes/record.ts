// Writes golden.json anew from what Node answers: node --import tsx test/runtimes/record.ts && npx prettier --write
// test/runtimes/golden.json. For when an answer changed on purpose; read the difference before it is committed.
import {writeFileSync} from 'node:fs';
import {it} from 'node:test';
import {onNode} from './runtimes.js';
import {golden, play} from './transcript.js';
import {openWorld} from './world.js';

it('asks everything again', async t => {
  const world = await openWorld(t);
  const steps = await play(golden, world, await onNode(t, world));
  writeFileSync(new URL('golden.json', import.meta.url), JSON.stringify(steps));
});
