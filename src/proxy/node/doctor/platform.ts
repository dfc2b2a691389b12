import {RoomsError, type RoomsErrorCode} from '../../../rooms/errors.js';
import {basicAuth, platformRooms} from '../../proxy.js';
import {undiciTransport} from '../undici.js';
import {bad, good, networkCode, PATIENCE, type Check, type Finding} from './check.js';

/** How far the clock may differ from the platform's, in ms. Grants and opening times tolerate a minute. */
const SKEW = 30_000;

const PLATFORM_LINE = 'PLATFORM_URL=https://api.example/video/v2';
const KEY_LINE = 'APP_KEY=the-key-your-platform-gave-you';

/** What to change for each error of the platform. */
const CURES: Partial<Record<RoomsErrorCode, [sentence: string, line: string]>> = {
  unauthorized: ['The platform refuses APP_ID with this key.', KEY_LINE],
  denied: ['The platform does not allow this application to list its rooms.', KEY_LINE],
  offline: ['There is no answer.', PLATFORM_LINE],
  timeout: [`No answer within ${PATIENCE} ms.`, PLATFORM_LINE],
  bad_reply: ['The answer is not from a Rooms API.', PLATFORM_LINE],
  misconfigured: ['There is no /rooms below this address.', PLATFORM_LINE],
  not_found: ['There is no /rooms below this address.', PLATFORM_LINE],
};

/** Whether the platform answers and accepts the credentials, and whether its clock agrees. */
export const checkPlatform: Check = async ({settings: {platform}, now}) => {
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
    const [sentence, cure] = CURES[code] ?? [`It fails (${code}).`, PLATFORM_LINE];
    const {cause} = error as Error;
    const why = code === 'offline' && cause ? `${sentence.slice(0, -1)} (${networkCode(cause)}).` : sentence;
    const [, above] = /^(.+)\/rooms\/*$/.exec(platform.endpoint) ?? [];
    const line = above && cure === PLATFORM_LINE ? `PLATFORM_URL=${above}` : cure;
    const findings = [bad(line.split('=')[0]!, why, line)];
    return date === undefined ? findings : [...findings, checkClock(date, now())];
  } finally {
    await transport.close();
  }
};

function checkClock(platform: number | undefined, local: number): Finding {
  if (platform === undefined)
    return good('clock', 'The platform does not send the time, so the clock was not compared.');
  const off = Math.round((local - platform) / 1000);
  if (Math.abs(off) * 1000 <= SKEW) return good('clock', 'It agrees with the platform’s clock.');
  const sentence = `It is ${Math.abs(off)} s ${off > 0 ? 'ahead of' : 'behind'} the platform’s clock.`;
  return bad('clock', sentence, 'timedatectl set-ntp true');
}
