import {once} from 'node:events';
import {connect, createServer, type AddressInfo, type Socket} from 'node:net';
import type {TestContext} from 'node:test';

/**
 * What a line does: hands on what is sent over it, refuses connections, or holds all back until it is open again. TCP
 * loses nothing in between, so neither does this.
 */
export type Mode = 'open' | 'cut' | 'silent';

/** A TCP line to `target`, at an address of its own, that can be cut and silenced. */
export async function line(t: TestContext, target: URL, mode: Mode = 'open') {
  const ends = new Set<Socket>();
  const dead = new WeakSet<Socket>();
  const state = {mode, chunks: 0, connections: 0};
  let held: (() => void)[] = [];
  const server = createServer(near => {
    state.connections++;
    if (state.mode === 'cut') return near.destroy();
    const far = connect(Number(target.port), target.hostname);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      ends.add(from);
      from.on('error', () => {}).on('close', () => (ends.delete(from), to.destroy()));
      from.on('data', chunk => {
        if (from === near) state.chunks++;
        const send = () => void to.write(chunk);
        if (state.mode === 'silent') held.push(send);
        else if (!dead.has(from)) send();
      });
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const hangUp = () => ends.forEach(end => end.destroy());
  t.after(() => {
    server.close();
    hangUp();
  });
  return {
    url: `redis://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** How much came from this side, and over how many connections. */
    state,
    set(next: Mode) {
      state.mode = next;
      if (next === 'cut') hangUp();
      if (next !== 'silent') for (const send of held.splice(0)) send();
    },
    /** The connections there are stay as they are, and nothing comes through any more; new ones work. */
    die() {
      for (const end of ends) dead.add(end);
      held = [];
    },
  };
}
