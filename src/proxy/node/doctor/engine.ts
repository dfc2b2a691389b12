import {RoomsError} from '../../../rooms/errors.js';
import type {LogEntry} from '../../proxy.js';
import type {MakeRooms} from '../engines.js';
import {undiciTransport} from '../undici.js';
import {bad, good, PATIENCE, type Finding} from './check.js';

/** What the engine enforces, and whether the vendor answers and takes our credentials. */
export async function checkEngine(make: MakeRooms): Promise<Finding[]> {
  const transport = undiciTransport({connections: 1, timeout: PATIENCE});
  const log: LogEntry[] = [];
  const rooms = make({exchange: transport, log: entry => log.push(entry)});
  const {provider = 'All engines together', shortest: _, ...enforces} = rooms.enforces();
  const members = Object.entries(enforces);
  const named = (wanted: boolean) =>
    members
      .filter(([, value]) => value === wanted)
      .map(([name]) => name)
      .join(', ') || 'nothing';
  const table = good('ENGINE', `${provider}: enforces ${named(true)}. Does not enforce ${named(false)}.`);
  try {
    const list = await rooms.list();
    for (const {room_id} of list.slice(0, 1)) await rooms.users(room_id);
    return [table, good('ENGINE', `The vendor answers. Rooms in ROOMS_FILE: ${list.length}.`)];
  } catch (error) {
    if (!(error instanceof RoomsError)) throw error;
    const sentence = log.find(({code}) => code === error.code)?.message ?? error.message;
    return [table, bad('ENGINE', sentence, 'greenroom proxy --help')];
  } finally {
    await transport.close();
  }
}
