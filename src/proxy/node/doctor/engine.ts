import {lackingSetting, whyLacking, type Enforces} from '../../../rooms/enforces.js';
import {RoomsError} from '../../../rooms/errors.js';
import type {LogEntry} from '../../proxy.js';
import type {EngineRooms, MakeRooms} from '../engines.js';
import {undiciTransport} from '../undici.js';
import {bad, good, PATIENCE, type Finding} from './check.js';

const HELP = 'greenroom proxy --help';

/**
 * What the engines enforce, whether the directory can be used, which rooms give no tokens, and whether the vendors answer
 * and take our credentials. It makes and changes no tables. `running` says whether a proxy is checked that may have the
 * database open.
 */
export async function checkEngine(make: MakeRooms, running: boolean): Promise<Finding[]> {
  const table = Object.entries(make.enforces).map(([name, each]) => good('ENGINE', row(name, each)));
  const transport = undiciTransport({connections: 1, timeout: PATIENCE});
  const log: LogEntry[] = [];
  try {
    const examined = await make.examine();
    if (examined) table.push(good(examined.subject, examined.sentence));
    if (examined?.ready === false) return table;
    const rooms = await make.open({exchange: transport, log: entry => log.push(entry)});
    try {
      return [...table, ...(await checkRooms(make, rooms, log))];
    } finally {
      await rooms.stop();
    }
  } catch (error) {
    if (!(error instanceof RoomsError)) throw error;
    const {key = 'ENGINE', message, desc} = error;
    if (running && /has this database open/.test(message)) {
      return [...table, good(key, 'A program has the database open: the proxy that runs.')];
    }
    return [...table, bad(key, message.replace(`${key}: `, ''), desc || HELP)];
  } finally {
    await transport.close();
  }
}

/** What an engine enforces, in a line. */
function row(name: string, {shortest, most, ...enforces}: Enforces): string {
  const named = (wanted: boolean) =>
    Object.entries(enforces)
      .filter(([, value]) => value === wanted)
      .map(([member]) => member)
      .join(', ') || 'nothing';
  const life = shortest > 1 ? ` Its tokens live for ${shortest} s at least.` : '';
  const seats = most === undefined ? '' : ` It takes at most ${most} people into a room.`;
  return `${name}: enforces ${named(true)}. Does not enforce ${named(false)}.${life}${seats}`;
}

async function checkRooms({enforces}: MakeRooms, rooms: EngineRooms, log: LogEntry[]): Promise<Finding[]> {
  const list = (await rooms.list()) as {room_id: string; settings: object; engine?: string}[];
  const [first = ''] = Object.keys(enforces);
  const atEngine = (name: string) => list.filter(({engine = first}) => engine === name);
  const findings = list.flatMap(({room_id, settings, engine = first}) => {
    const held = enforces[engine];
    const line = `ENGINE=${[...new Set([...Object.keys(enforces), engine])].join()}`;
    if (!held)
      return bad('ENGINE', `The room ${room_id} gives no tokens: it is at ${engine}, which is not here.`, line);
    const lacking = lackingSetting(held, settings as Record<string, unknown>);
    if (!lacking) return [];
    const sentence = `The room ${room_id} gives no tokens: ${whyLacking(held, lacking, engine)}`;
    return bad('ENGINE', sentence, `Change ${lacking} of the room, or make it anew at another engine.`);
  });
  for (const name of Object.keys(enforces)) findings.push(await checkVendor(name, atEngine(name), rooms, log));
  return findings;
}

/** Whether a vendor answers. A call that names a room is tried, too, because it may need more rights than the counts. */
async function checkVendor(name: string, list: {room_id: string}[], rooms: EngineRooms, log: LogEntry[]) {
  if (list.length === 0) return good('ENGINE', `${name} has no rooms here yet, so it was not asked.`);
  const failed = await Promise.all([rooms.users(list[0]!.room_id), rooms.check(name)]).then(
    () => false,
    (error: unknown) => error instanceof RoomsError && error.message,
  );
  const told = log.find(({level, message}) => level === 'error' && message.startsWith(`${name}: `));
  if (failed || told) return bad('ENGINE', told?.message ?? `${name}: ${failed}`, HELP);
  return good('ENGINE', `${name} answers. Its rooms here: ${list.length}.`);
}
