// The demo with another video engine than the platform's own: ENGINE and its variables, as `greenroom proxy` reads them.
import {join} from 'node:path';
import type {EngineRooms} from '../src/engines/engine-rooms.js';
import {readEngines} from '../src/engines/node/environment.js';
import {examineDatabase} from '../src/platform/database/database.js';
import {openDirectory} from '../src/platform/platform.js';
import {reader, type Environment} from '../src/proxy/node/environment.js';

/**
 * Rooms at the engine that ENGINE names, in a database of their own. Undefined without ENGINE. Rejects with a sentence that
 * says what to set.
 */
export async function engineIn(env: Environment, folder: string): Promise<EngineRooms | undefined> {
  const name = env.ENGINE?.trim();
  if (!name) return undefined;
  // The demo makes its rooms itself, so it takes no other place for them.
  const elsewhere = {PLATFORM_URL: '', ROOMS_FILE: '', DATABASE_URL_FILE: ''};
  const own = {APP_ID: 'demo', DATABASE_URL: join(folder, `${name.replaceAll(/\W+/g, '-')}.db`)};
  const {text, secret, wrong, problems} = reader<string>({...env, ...elsewhere, ...own});
  const asked = {text, secret: (variable: string) => secret(variable as 'APP_KEY'), wrong};
  const engine = await readEngines(asked, {open: openDirectory, examine: examineDatabase});
  if (!engine) {
    const missing = problems.filter(({sentence}) => sentence === 'It is not set.').map(({variable}) => variable);
    const [{variable, sentence}] = problems as [(typeof problems)[number]];
    if (missing.length === 0) throw new Error(`${variable}: ${sentence}`);
    throw new Error(`ENGINE=${name} needs ${new Intl.ListFormat('en').format(missing)}.`);
  }
  return engine.open({log: ({message}) => console.error(message)});
}

/** Where the stage may get the clients of engines from: CLIENT_ORIGINS, and the addresses of the site's own servers. */
export function clientOrigins({CLIENT_ORIGINS = '', JITSI_DOMAIN, BIGBLUEBUTTON_URL = ''}: Environment): string {
  const servers = [JITSI_DOMAIN && `https://${JITSI_DOMAIN}`, URL.canParse(BIGBLUEBUTTON_URL) && BIGBLUEBUTTON_URL];
  const origins = servers.filter(address => typeof address === 'string').map(address => new URL(address).origin);
  return [CLIENT_ORIGINS.replaceAll(',', ' '), ...origins].filter(Boolean).join(' ');
}
