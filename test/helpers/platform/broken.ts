import {createPlatform, openDatabase, type Database} from '../../../src/platform/platform.js';

/** A platform whose database fails with `fault.now`. */
export async function brokenPlatform() {
  const database = await openDatabase(':memory:');
  const fault: {now?: Error} = {};
  const all: Database['all'] = (...query) => (fault.now ? Promise.reject(fault.now) : database.all(...query));
  const failing = new Proxy(database, {
    get(target, key) {
      const member: unknown = Reflect.get(target, key, target);
      return key === 'all' ? all : typeof member === 'function' ? (member.bind(target) as unknown) : member;
    },
  });
  const faults: unknown[] = [];
  const log = (error: unknown) => void faults.push(error);
  return {fault, faults, platform: createPlatform({database: failing, log}), close: () => database.close()};
}
