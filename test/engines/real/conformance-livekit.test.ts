import assert from 'node:assert/strict';
import {after, before, describe, it} from 'node:test';
import {engineRooms} from '../../../src/engines/engine-rooms.js';
import {jsonDirectory} from '../../../src/engines/json-directory.js';
import {livekit} from '../../../src/engines/livekit.js';
import type {LogEntry} from '../../../src/upstream/upstream.js';
import {runSuite} from '../../conformance/run-suite.js';
import {LIVEKIT, startLivekit} from '../../helpers/engines/livekit-server.js';
import {inNamespace, needs} from '../../helpers/engines/namespace.js';
import {serveRooms} from '../../helpers/engines/rooms-server.js';

const NEEDS = needs('LIVEKIT_SERVER');
await inNamespace(import.meta.url, NEEDS);

describe('the suite for the Rooms API, against rooms at a real LiveKit server', NEEDS, () => {
  let end: () => Promise<void>;
  before(async () => {
    end = await startLivekit();
  });
  after(() => end?.());

  it('passes', async t => {
    const {failed, passed, output} = await runSuite(await serveRooms(t, {...livekit(LIVEKIT), lag: 0}));
    assert.deepEqual(failed, [], output);
    assert.ok(passed > 60, `${passed} tests passed`);
  });

  for (const [where, off, others] of [
    ['behind', -120_000, []],
    // The server takes no signature of the future.
    ['ahead of', 120_000, [/^livekit: It refuses our credentials \(status 401\)/]],
  ] as const) {
    it(`tells the operator of a clock that is two minutes ${where} the server’s`, async () => {
      const told: string[] = [];
      const engine = {...livekit({...LIVEKIT, clock: () => Date.now() + off}), lag: 0};
      const directory = jsonDirectory([{room_id: 'lobby', name: 'Lobby'}]);
      const log = ({level, message}: LogEntry) => void (level === 'error' && told.push(message));
      const rooms = engineRooms({directory, engine, log});
      await rooms.list();
      const clock = new RegExp(`^livekit: The clock of this machine is 1[12]\\d s ${where} the vendor's\\. Set it`);
      for (const sentence of [clock, ...others])
        assert.ok(
          told.some(each => sentence.test(each)),
          told.join(),
        );
      assert.equal(told.length, 1 + others.length);
    });
  }
});
