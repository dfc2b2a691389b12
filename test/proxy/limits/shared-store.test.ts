import assert from 'node:assert/strict';
import {describe, it} from 'node:test';
import {sharedStore, StoreDown} from '../../../src/proxy/limits/shared-store.js';
import {memoryStore, type LogEntry, type Store} from '../../../src/proxy/proxy.js';

const RATE = {capacity: 1e6, per: 60_000};

/** A store that answers, fails or is silent as told, on a clock that stands still unless it is moved. */
function begin({deadline}: {deadline?: number} = {}) {
  const mode = {now: 0, does: 'answer' as 'answer' | 'fail' | 'nothing'};
  const lines: LogEntry[] = [];
  let asked = 0;
  const store: Store = {
    ...memoryStore(),
    deadline,
    take: async () => {
      asked++;
      if (mode.does === 'fail') throw new Error('CANARY');
      return mode.does === 'answer' ? 0 : new Promise<never>(() => {});
    },
  };
  const shared = sharedStore(
    store,
    line => lines.push(line),
    () => mode.now,
  );
  const take = () => shared.ask(store => store.take('a', RATE));
  const down = async (count: number) => {
    for (let n = 0; n < count; n++) await assert.rejects(take(), StoreDown);
  };
  return {mode, shared, take, down, lines, asked: () => asked};
}

describe('a store that is shared', () => {
  it('is not called any more after three failures in a row', async () => {
    const {mode, down, asked, lines} = begin();
    mode.does = 'fail';
    await down(100);
    assert.equal(asked(), 3);
    assert.deepEqual(
      lines.map(({level, code, operation}) => [level, code, operation]),
      [['error', 'platform_down', 'store']],
    );
    assert.doesNotMatch(JSON.stringify(lines), /CANARY/);
  });

  it('is still called after two failures', async () => {
    const {mode, take, down, asked, lines} = begin();
    for (let n = 0; n < 5; n++) {
      mode.does = 'fail';
      await down(2);
      mode.does = 'answer';
      assert.equal(await take(), 0);
    }
    assert.deepEqual([asked(), lines], [15, []]);
  });

  it('fails when it is silent for longer than its deadline', async () => {
    const {mode, down, asked} = begin({deadline: 20});
    mode.does = 'nothing';
    await down(10);
    assert.equal(asked(), 3);
  });

  it('has 250 ms by default', async t => {
    t.mock.timers.enable({apis: ['setTimeout']});
    const {mode, take} = begin();
    mode.does = 'nothing';
    let ended = false;
    const taken = assert.rejects(take(), StoreDown).then(() => (ended = true));
    t.mock.timers.tick(249);
    await new Promise(resolve => setImmediate(resolve));
    assert.equal(ended, false);
    t.mock.timers.tick(1);
    t.mock.timers.tick(1);
    await taken;
  });

  it('does not fail because the process stood still', async () => {
    const {mode, shared} = begin({deadline: 20});
    // An answer that has arrived, and waits to be read.
    const slow = shared.ask(() => new Promise(resolve => setTimeout(() => setImmediate(() => resolve('here')), 10)));
    const end = performance.now() + 100;
    while (performance.now() < end);
    assert.deepEqual([await slow, mode.now], ['here', 0]);
  });

  it('is tried by one request after its pause, and by all when that one succeeds', async () => {
    const {mode, take, down, asked, lines} = begin({deadline: 50});
    mode.does = 'fail';
    await down(3);
    mode.now = 999;
    await down(10);
    assert.equal(asked(), 3);
    mode.now = 1_250;
    mode.does = 'nothing';
    const outcomes = await Promise.allSettled(Array.from({length: 100}, take));
    assert.equal(outcomes.filter(({status}) => status === 'rejected').length, 100);
    assert.equal(asked(), 4);
    await down(10);
    assert.equal(asked(), 4);
    mode.now = 2_500;
    mode.does = 'answer';
    const [probe, ...others] = await Promise.allSettled(Array.from({length: 100}, take));
    assert.equal(probe!.status, 'fulfilled');
    assert.ok(others.every(({status}) => status === 'rejected'));
    assert.deepEqual(await Promise.all(Array.from({length: 100}, take)), Array<number>(100).fill(0));
    assert.deepEqual(
      lines.map(({level}) => level),
      ['error', 'warn'],
    );
  });
});
