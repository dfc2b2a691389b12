import assert from 'node:assert/strict';
import {after, before, describe, it} from 'node:test';
import {runSuite} from '../../conformance/run-suite.js';
import {JANUS, janusAt, startJanus, type JanusServer} from '../../helpers/engines/janus.js';
import {inNamespace, needs} from '../../helpers/engines/namespace.js';
import {serveRooms} from '../../helpers/engines/rooms-server.js';

const NEEDS = needs('JANUS');
await inNamespace(import.meta.url, NEEDS);

describe('the suite for the Rooms API, against rooms at a real Janus', NEEDS, () => {
  let server: JanusServer;
  before(async () => {
    server = await startJanus();
  });
  after(() => server?.end());

  it('passes, and leaves no room behind', async t => {
    const {failed, passed, output} = await runSuite(await serveRooms(t, janusAt()));
    assert.deepEqual(failed, [], output);
    assert.ok(passed > 60, `${passed} tests passed`);
    const {list} = await server.ask<{list: {room: string}[]}>({request: 'list', admin_key: JANUS.adminKey});
    assert.deepEqual(list, []);
  });
});
