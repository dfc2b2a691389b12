import type {TestContext} from 'node:test';
import type {Deadlines} from '../../../src/platform/platform.js';
import {freshPlace} from './place.js';
import {World} from './start.js';
import {tcpProxy} from './tcp-proxy.js';

/**
 * A platform whose connections to Postgres pass a proxy.
 *
 * @param beat - How often it beats, in ms.
 * @param deadlines - How long it waits for Postgres; short, so that a fault costs little.
 */
export async function behindProxy(t: TestContext, beat: number, deadlines: Deadlines) {
  const world = new World();
  const direct = new URL(await freshPlace(t, () => world.stop()));
  const proxy = await tcpProxy(t, {host: direct.hostname, port: Number(direct.port || 5432)});
  const place = new URL(direct);
  place.host = `127.0.0.1:${proxy.port}`;
  Object.assign(world, {place: place.href, beat, deadlines});
  await world.start();
  world.credentials = await world.platform.createApplication();
  return {world, proxy, direct: direct.href};
}

/** Whether one person is away, whose seat is kept. */
export const isAway = async ({database}: World) =>
  (await database.all('select 1 from connections where socket is null')).length === 1;
