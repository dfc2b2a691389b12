import type {TestContext} from 'node:test';
import type {Engine} from '../../../src/engines/engine.js';
import {engineRooms, type EngineRooms} from '../../../src/engines/engine-rooms.js';
import {roomsApp} from '../../../src/http/routes.js';
import {serve} from '../../../src/http/server.js';
import {authenticate, createApplication, newCredentials} from '../../../src/platform/applications.js';
import {localDirectory} from '../../../src/platform/platform.js';
import {TestClock} from '../../../src/platform/test-clock.js';
import {freshDatabase} from '../platform/place.js';

/**
 * The Rooms API over HTTP, with rooms in a database and sessions at an engine, for two applications. Returns the variables
 * with which the conformance suite tests it.
 */
export async function serveRooms(t: TestContext, engine: Engine): Promise<Record<string, string>> {
  const database = await freshDatabase(t);
  const clock = new TestClock();
  const applications = new Map<string, EngineRooms>();
  const register = async () => {
    const {id, key} = await createApplication(database, newCredentials(), {now: clock.now});
    const directory = localDirectory(database, {application: id, clock: () => clock.now});
    applications.set(id, engineRooms({directory, engine}));
    return {id, key};
  };
  const [one, other] = [await register(), await register()];
  const mounts = ['/video/v2', '/v2', '/video/v1', '/v1'];
  const whose = async (request: Request) => applications.get(await authenticate(database, request))!;
  const app = roomsApp(whose, {mounts, challenge: 'Basic realm="rooms"'});
  const served = await serve({
    port: 0,
    fetch: request => (new URL(request.url).pathname === '/test/clock' ? clock.answer(request) : app(request)),
  });
  t.after(() => served.close());
  const {shortest: _, capacity: _c, window: _w, most, ...held} = engine.enforces;
  return {
    ROOMS_URL: `${served.url}/video/v2`,
    ROOMS_APP_ID: one.id,
    ROOMS_APP_KEY: one.key,
    ROOMS_APP_ID2: other.id,
    ROOMS_APP_KEY2: other.key,
    ROOMS_CLOCK: `${served.url}/test/clock`,
    ROOMS_STRICT: '1',
    ROOMS_SESSIONS: '0',
    ROOMS_LACKS: Object.entries({...held, seats: most === undefined})
      .filter(([, isHeld]) => !isHeld)
      .map(([what]) => what)
      .join(),
  };
}
