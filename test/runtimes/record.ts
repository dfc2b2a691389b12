// Writes golden.json anew from the answers on Node. Run it when an answer changed on purpose, and read the difference
// before you commit it:
//
//   node --import tsx test/runtimes/record.ts && npx prettier --write test/runtimes/golden.json
import {writeFileSync} from 'node:fs';
import {it} from 'node:test';
import {onNode} from './runtimes.js';
import {golden, play} from './transcript.js';
import {openWorld} from './world.js';

it('records the sixty answers', async t => {
  const world = await openWorld(t);
  const steps = await play(golden, world, await onNode(t, world));
  writeFileSync(new URL('golden.json', import.meta.url), JSON.stringify(steps));
});
