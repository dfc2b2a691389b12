import {once} from 'node:events';
import {parseArgs} from 'node:util';
import {noRoute, RoomsError, type RoomsErrorCode} from '../../rooms/errors.js';
import {misspelt, type Environment, type Problem} from './environment.js';
import {undiciTransport} from './undici.js';
import {basicAuth, platformRooms, tokenProxy} from '../proxy.js';
import {redisClient} from './redis-client.js';
import {readSettings, type Settings} from './settings.js';

/** The result of one check. */
export interface Finding {
  /** What was checked: a variable, an option, or a word such as `clock`. */
  subject: string;
  ok: boolean;
  sentence: string;
  /** What to write instead, or which command to run; only for a problem. */
  line?: string;
}

export interface Examined {
  env: Environment;
  /** Checks whether pages of this origin may use the proxy. @default the first of ORIGINS */
  origin?: string;
  /** Address of a running proxy, with its mount. @default the proxy as configured here, without a network */
  proxy?: string;
  /** The clock of this machine, in epoch ms. @default Date.now */
  now?: () => number;
}

/** Longest wait for each answer, in ms. */
const PATIENCE = 5_000;

/** How far the clock may differ from the platform's, in ms. Grants and opening times tolerate a minute. */
const SKEW = 30_000;

/** Checks the configuration, and everything that it refers to. No finding contains a secret. */
export async function examine({env, origin, proxy, now = Date.now}: Examined): Promise<Finding[]> {
  const read = await readSettings(env);
  const found = misspelt(env).map(fromProblem);
  if ('problems' in read) {
    // A running proxy can be checked from a machine that has no configuration.
    if (proxy && !env.PLATFORM_URL) return checkPages(origin, overHttp(proxy));
    const pages = proxy ? await checkPages(origin, overHttp(proxy)) : [];
    return [...found, ...read.problems.map(fromProblem), ...pages];
  }
  const {settings} = read;
  const target = proxy ? overHttp(proxy) : inProcess(settings);
  return [
    ...found,
    good('configuration', 'All variables are right.'),
    ...checkSecrets(settings),
    ...checkNetwork(settings, env),
    ...(await checkPlatform(settings, now)),
    ...(await checkIssuer(env)),
    ...(await checkRedis(settings)),
    ...(await checkPages(origin ?? settings.proxy.origins[0], target, env.AUTHORIZE)),
  ];
}

const fromProblem = ({variable, ...rest}: Problem): Finding => ({subject: variable, ok: false, ...rest});
const good = (subject: string, sentence: string): Finding => ({subject, ok: true, sentence});
const bad = (subject: string, sentence: string, line: string): Finding => ({subject, ok: false, sentence, line});

function checkSecrets({platform, proxy}: Settings): Finding[] {
  const {grants, userRefs, authorize} = proxy;
  const findings = [good('APP_KEY', 'It is set. It is not shown here.')];
  // A key as short as this was thought up by a person.
  if (platform.key.length < 16) {
    const sentence = `It has only ${platform.key.length} characters, so others can guess it.`;
    findings[0] = bad('APP_KEY', sentence, 'APP_KEY=a-new-key-of-your-platform');
  } else if (/^(["']).*\1$/.test(platform.key)) {
    const sentence = 'It has quotation marks around it, which `docker --env-file` keeps as part of the key.';
    findings[0] = bad('APP_KEY', sentence, 'APP_KEY=without-quotation-marks');
  }
  if (grants) findings.push(good('GRANT_KEYS_FILE', `Grant keys: ${grants.keys.map(({kid}) => kid).join(', ')}.`));
  for (const {kid, origins} of grants?.keys ?? []) {
    const missing = origins.filter(origin => !proxy.origins.includes(origin));
    if (missing.length === 0) continue;
    const sentence = `Grants of the key ${kid} are for pages of ${missing.join(', ')}, which may not use the proxy.`;
    findings.push(bad('ORIGINS', sentence, `ORIGINS=${[...proxy.origins, ...missing].join()}`));
  }
  if (!userRefs && (authorize || grants)) {
    const sentence = 'It is not set, so people get other references at the platform after each restart.';
    findings.push(bad('USER_REF_SECRET', sentence, 'USER_REF_SECRET=$(openssl rand -base64 32)'));
  }
  return findings;
}

/** Whether addresses of visitors can be told apart, and whether the connection to the platform is safe. */
function checkNetwork({host, proxy}: Settings, env: Environment): Finding[] {
  const findings: Finding[] = [];
  const isLocal = (name: string) => /^(localhost|127(\.\d+){3}|\[?::1\]?)$/.test(name);
  const fromElsewhere = proxy.origins.some(origin => !isLocal(new URL(origin).hostname));
  if (isLocal(host) && fromElsewhere && !env.TRUSTED_PROXIES?.trim()) {
    const sentence = `Requests reach ${host} through a reverse proxy, so all visitors share the limits of one address.`;
    findings.push(bad('TRUSTED_PROXIES', sentence, 'TRUSTED_PROXIES=127.0.0.1'));
  }
  if (env.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
    const sentence = 'Certificates are not checked, so others on the network can read the key.';
    findings.push(bad('NODE_TLS_REJECT_UNAUTHORIZED', sentence, 'NODE_EXTRA_CA_CERTS=./your-ca.pem'));
  }
  return findings;
}

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

async function checkPlatform({platform}: Settings, now: () => number): Promise<Finding[]> {
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
}

/** The code of a network error, such as ECONNREFUSED. Its message may quote what was sent. */
function networkCode(cause: unknown): string {
  const {code, cause: deeper} = cause as {code?: unknown; cause?: unknown};
  if (typeof code === 'string' && /^[A-Z0-9_]+$/.test(code)) return code;
  return deeper ? networkCode(deeper) : 'no answer';
}

function checkClock(platform: number | undefined, local: number): Finding {
  if (platform === undefined)
    return good('clock', 'The platform does not send the time, so the clock was not compared.');
  const off = Math.round((local - platform) / 1000);
  if (Math.abs(off) * 1000 <= SKEW) return good('clock', 'It agrees with the platform’s clock.');
  const sentence = `It is ${Math.abs(off)} s ${off > 0 ? 'ahead of' : 'behind'} the platform’s clock.`;
  return bad('clock', sentence, 'timedatectl set-ntp true');
}

/** Whether the issuer of the JWTs publishes its keys. */
async function checkIssuer({JWT_JWKS}: Environment): Promise<Finding[]> {
  const address = JWT_JWKS?.trim();
  if (!address) return [];
  const line = 'JWT_JWKS=https://login.example/.well-known/jwks.json';
  try {
    const answer = await fetch(address, {redirect: 'manual', signal: AbortSignal.timeout(PATIENCE)});
    const {keys} = ((await answer.json().catch(() => undefined)) ?? {}) as {keys?: unknown};
    if (Array.isArray(keys) && keys.length > 0) return [good('JWT_JWKS', `It has ${keys.length} keys.`)];
    return [bad('JWT_JWKS', `The answer is not a list of keys (status ${answer.status}).`, line)];
  } catch (error) {
    return [
      bad('JWT_JWKS', `There is no answer (${networkCode(error)}), so nobody who has signed in can be let in.`, line),
    ];
  }
}

async function checkRedis({redis}: Settings): Promise<Finding[]> {
  if (!redis) return [];
  const line = 'REDIS_URL=redis://127.0.0.1:6379';
  let client: Awaited<ReturnType<typeof redisClient>>;
  try {
    client = await redisClient(redis);
  } catch {
    return [bad('REDIS_URL', 'The package ioredis is not installed.', 'npm install ioredis')];
  }
  try {
    const reply = await client.ping();
    if (reply === 'PONG') return [good('REDIS_URL', 'It answers.')];
    return [bad('REDIS_URL', 'The answer is not from Redis.', line)];
  } catch {
    // The client tries again and again, with an error event each time. The message may quote the address and a password.
    const [error] = (await once(client, 'error', {signal: AbortSignal.timeout(PATIENCE)}).catch(() => [{}])) as [
      unknown,
    ];
    if (/NOAUTH|WRONGPASS|password/i.test(String((error as Error).message))) {
      const {protocol, host} = new URL(redis);
      return [bad('REDIS_URL', 'It refuses this password.', `REDIS_URL=${protocol}//:the-password@${host}`)];
    }
    return [bad('REDIS_URL', `There is no answer from Redis (${networkCode(error)}).`, line)];
  } finally {
    client.disconnect();
  }
}

/** The proxy to check. */
interface Target {
  /** Its address, with the mount. */
  base: string;
  fetch: (request: Request) => Promise<Response>;
  /** Its ORIGINS, if its configuration is known. */
  origins?: string[];
}

const overHttp = (base: string): Target => ({
  base: base.replace(/\/+$/, ''),
  fetch: request => fetch(request, {redirect: 'manual', signal: AbortSignal.timeout(PATIENCE)}),
});

/** The proxy as it is configured, without a network. */
function inProcess({proxy, platform}: Settings): Target {
  const rooms = {...platformRooms({endpoint: platform.endpoint}), list: async () => []};
  const handle = tokenProxy({...proxy, rooms, log: () => {}});
  return {base: `http://127.0.0.1${proxy.mount ?? ''}`, fetch: request => handle(request), origins: proxy.origins};
}

/** An origin that no page has, so no proxy may allow it. */
const FOREIGN_ORIGIN = 'https://greenroom-doctor.invalid';

async function checkPages(
  origin: string | undefined,
  target: Target,
  authorize = './authorize.js',
): Promise<Finding[]> {
  const {base, origins} = target;
  if (!URL.canParse(base)) return [bad('--proxy', 'It is not an address.', '--proxy https://shop.example/api')];
  const {origin: host, pathname} = new URL(base);
  const above = pathname.replace(/\/rooms$/, '');
  if (above !== pathname) return [bad('--proxy', 'Remove /rooms.', `--proxy ${host}${above}`)];
  try {
    const answer = await target.fetch(new Request(`${base}/rooms`, {headers: {'x-rooms-client': 'doctor'}}));
    const {result} = (await answer.json().catch(() => ({}))) as {result?: unknown};
    if (result === noRoute().result) {
      const sentence = `There is a token proxy at ${host}, but not below ${pathname}. Add its MOUNT.`;
      return [bad('--proxy', sentence, `--proxy ${host}/api`)];
    }
    const findings = origin === undefined ? [] : [await checkPageOrigin(origin, target)];
    if ((await preflight(FOREIGN_ORIGIN, target)).allowed) {
      const line = `ORIGINS=${(origins ?? [origin ?? 'https://shop.example']).join(',')}`;
      findings.push(bad('ORIGINS', 'Pages of every origin may use the proxy.', line));
    }
    if (origins && answer.status === 503) {
      // Without a network only AUTHORIZE can fail.
      const sentence = 'It throws or is too slow for a request of somebody who has not signed in. It must return null.';
      return [...findings, bad('AUTHORIZE', sentence, `return null; // in ${authorize}, if nobody has signed in`)];
    }
    if (typeof result === 'number') return [...findings, good('proxy', 'It is a token proxy.')];
    const sentence = `The answer below ${base} is not from a token proxy (status ${answer.status}).`;
    return [...findings, bad('proxy', sentence, `MOUNT=${pathname}`)];
  } catch (error) {
    return [bad('--proxy', `There is no answer at ${base} (${networkCode(error)}).`, 'greenroom proxy')];
  }
}

async function checkPageOrigin(origin: string, target: Target): Promise<Finding> {
  const sent = URL.canParse(origin) ? new URL(origin).origin : 'null';
  if (sent === 'null') return bad('--origin', 'It is not an origin.', '--origin https://shop.example');
  const {allowed, headers} = await preflight(sent, target);
  if (!allowed) {
    const line = `ORIGINS=${[...(target.origins ?? []), sent].join(',')}`;
    return bad('ORIGINS', `Pages of ${sent} may not use the proxy.`, line);
  }
  const missing = SENT_HEADERS.filter(name => !headers.includes(name));
  if (missing.length === 0) return good('ORIGINS', `Pages of ${sent} may use the proxy.`);
  const line = `access-control-allow-headers: ${SENT_HEADERS.join(', ')}`;
  return bad('proxy', `Pages of ${sent} may use the proxy, but may not send ${missing.join(', ')}.`, line);
}

/** Headers that the elements send. */
const SENT_HEADERS = ['content-type', 'authorization', 'x-rooms-client', 'idempotency-key'];

/** Sends the CORS preflight of a token request by a page of `origin`. */
async function preflight(origin: string, {base, fetch}: Target) {
  const headers = {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': SENT_HEADERS.join(','),
  };
  const answer = await fetch(new Request(`${base}/rooms/doctor/tokens`, {method: 'OPTIONS', headers}));
  await answer.body?.cancel();
  const allowed = [origin, '*'].includes(answer.headers.get('access-control-allow-origin') ?? '');
  const names = answer.headers.get('access-control-allow-headers') ?? '';
  return {allowed: allowed && answer.ok, headers: names.toLowerCase().split(/\s*,\s*/)};
}

const HELP = `Usage: greenroom doctor [--origin https://shop.example] [--proxy https://shop.example/api]

Checks the configuration of \`greenroom proxy\`: the variables (see greenroom proxy --help), the lengths of secrets, the
platform, the clock, Redis, and whether pages of an origin may use the proxy. It prints what to change for each problem,
and never a secret. The exit code is 1 if there is a problem.

  --origin   origin of a page; default: the first of ORIGINS
  --proxy    address of a running proxy to check; default: the proxy as it is configured here
`;

/** `greenroom doctor`: prints the findings of `examine`. The exit code is 1 if there is a problem. */
export async function main(args: string[]): Promise<void> {
  const {values} = parseArgs({
    args,
    options: {help: {type: 'boolean', short: 'h'}, origin: {type: 'string'}, proxy: {type: 'string'}},
  });
  if (values.help) return void process.stdout.write(HELP);
  const findings = await examine({env: process.env, origin: values.origin, proxy: values.proxy});
  process.stdout.write(findings.map(shown).join(''));
  process.exitCode = findings.every(({ok}) => ok) ? 0 : 1;
}

const shown = ({ok, subject, sentence, line}: Finding) =>
  ok ? `ok       ${subject}: ${sentence}\n` : `problem  ${subject}: ${sentence}\n         ${line}\n`;
