import {RoomsError, type RoomsErrorCode} from '../../../rooms/errors.js';
import {basicAuth, platformRooms} from '../../proxy.js';
import {environmentFetch, undiciTransport} from '../undici.js';
import {checkEngine} from './engine.js';
import {bad, good, PATIENCE, type Check, type Finding} from './check.js';
import {connectionFault, cureOf, speaksTls, tlsFault} from './connection.js';

/** How far the clock may differ from the platform's, in ms. Grants and opening times tolerate a minute. */
const SKEW = 30_000;

const PLATFORM_LINE = 'PLATFORM_URL=https://api.example/video/v2';
const KEY_LINE = 'APP_KEY=the-key-your-platform-gave-you';

/** What to change for each error of the platform. */
const CURES: Partial<Record<RoomsErrorCode, [sentence: string, line: string]>> = {
  unauthorized: ['The platform refuses APP_ID with this key.', KEY_LINE],
  denied: ['The platform does not allow this application to list its rooms.', KEY_LINE],
  timeout: [`No answer within ${PATIENCE} ms.`, PLATFORM_LINE],
  bad_reply: ['The answer is not from a Rooms API.', PLATFORM_LINE],
  misconfigured: ['There is no /rooms below this address.', PLATFORM_LINE],
  not_found: ['There is no /rooms below this address.', PLATFORM_LINE],
};

/** Whether the platform answers and accepts the credentials, and whether its clock agrees. */
export const checkPlatform: Check = async ({settings: {platform, engine}, now, running}) => {
  if (engine) return checkEngine(engine, running);
  if (!platform) return [];
  const transport = undiciTransport({connections: 1, timeout: PATIENCE});
  let date: number | undefined;
  const rooms = platformRooms({
    endpoint: platform.endpoint,
    headers: {authorization: basicAuth(platform.id, platform.key)},
    timeout: PATIENCE,
    report: () => {},
    exchange: async (url, call) => {
      const reply = await transport(url, call);
      date = Date.parse(reply.headers.get('date') ?? '') || undefined;
      return reply;
    },
  });
  try {
    const {length} = await rooms.list();
    const sentence = `It is a Rooms API, and accepts APP_ID and APP_KEY. It has ${length} rooms.`;
    return [good('PLATFORM_URL', sentence), checkClock(date, now())];
  } catch (error) {
    const code = error instanceof RoomsError ? error.code : 'internal';
    const [sentence, line] = await whatIsWrong(platform.endpoint, code, error);
    const findings = [bad(line === KEY_LINE ? 'APP_KEY' : 'PLATFORM_URL', sentence, line)];
    return date === undefined ? findings : [...findings, checkClock(date, now())];
  } finally {
    await transport.close();
  }
};

/** What is wrong with the platform, and the line to change. */
async function whatIsWrong(endpoint: string, code: RoomsErrorCode, error: unknown): Promise<[string, string]> {
  const url = new URL(endpoint);
  const isTls = code !== 'offline' && MISPLACED.includes(code) && (await speaksTls(url));
  if (code === 'offline' || isTls) {
    const fault = isTls ? tlsFault(url) : await connectionFault(endpoint, error);
    return [fault.sentence, cureOf(fault, 'PLATFORM_URL=', PLATFORM_LINE)];
  }
  const [sentence, line] = CURES[code] ?? [`It fails (${code}).`, PLATFORM_LINE];
  const found = MISPLACED.includes(code) ? await apiNear(url) : undefined;
  return found
    ? ['There is a Rooms API on this host, but not at this path.', `PLATFORM_URL=${found}`]
    : [sentence, line];
}

/** What a server answers to a path that is not the one of its Rooms API. */
const MISPLACED: RoomsErrorCode[] = ['bad_reply', 'misconfigured', 'not_found'];

/** Where a Rooms API is found on the same host: above what was added to its path, or at the usual path. */
async function apiNear({origin, pathname}: URL): Promise<string | undefined> {
  const above = pathname.replace(/\/rooms(\/.*)?$/, '').replace(/\/+$/, '');
  for (const path of new Set([above, '/video/v2', `${above}/video/v2`])) {
    if (await isApi(`${origin}${path}/rooms`)) return `${origin}${path}`;
  }
  return undefined;
}

/** Whether a Rooms API answers there. It gets no credentials, so that it refuses in its own way. */
async function isApi(address: string): Promise<boolean> {
  try {
    const answer = await environmentFetch()(address, {redirect: 'manual', signal: AbortSignal.timeout(PATIENCE)});
    const {result} = (await answer.json()) as {result?: unknown};
    return answer.status === 401 && typeof result === 'number';
  } catch {
    return false;
  }
}

function checkClock(platform: number | undefined, local: number): Finding {
  if (platform === undefined)
    return good('clock', 'The platform does not send the time, so the clock was not compared.');
  const off = Math.round((local - platform) / 1000);
  if (Math.abs(off) * 1000 <= SKEW) return good('clock', 'It agrees with the platform’s clock.');
  const sentence = `It is ${Math.abs(off)} s ${off > 0 ? 'ahead of' : 'behind'} the platform’s clock.`;
  return bad('clock', sentence, 'timedatectl set-ntp true');
}
