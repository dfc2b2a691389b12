import {once} from 'node:events';
import {parseArgs} from 'node:util';
import {noRoute, RoomsError, type RoomsErrorCode} from '../../rooms/errors.js';
import {misspelt, type Environment, type Problem} from './environment.js';
import {undiciTransport} from './node.js';
import {basicAuth, platformRooms, tokenProxy} from '../proxy.js';
import {redisClient} from './redis-client.js';
import {readSettings, type Settings} from './settings.js';

/** What one check found. */
export interface Finding {
  /** What was checked: a variable, or a word for the rest. */
  subject: string;
  ok: boolean;
  sentence: string;
  /** What to change, word for word; only where something is wrong. */
  line?: string;
}

export interface Examined {
  env: Environment;
  /** Whether pages of this origin may ask. */
  origin?: string;
  /** Address of a running proxy, mount included, to ask that instead of the one that is configured. */
  proxy?: string;
  /** The clock of this machine, in epoch ms. */
  now?: () => number;
}

/** How long anything that is asked may take, in ms. */
const PATIENCE = 5_000;

/** How far the clock may be from the platform's, in ms: grants and opening times bear a minute. */
const SKEW = 30_000;

/** Looks at the configuration and all it leads to, and tells what it found. Nothing it tells holds a secret. */
export async function examine({env, origin, proxy, now = Date.now}: Examined): Promise<Finding[]> {
  const read = await readSettings(env);
  const found = misspelt(env).map(problemOf);
  if ('problems' in read) {
    // Somebody else's proxy can be asked without a configuration of one's own.
    if (proxy && !env.PLATFORM_URL) return pagesOf(origin, overHttp(proxy));
    const pages = proxy ? await pagesOf(origin, overHttp(proxy)) : [];
    return [...found, ...read.problems.map(problemOf), ...pages];
  }
  const {settings} = read;
  const ask = proxy ? overHttp(proxy) : inside(settings);
  return [
    ...found,
    good('configuration', 'All variables can be used.'),
    ...secretsOf(settings),
    ...visitorsOf(settings, env),
    ...(await platformOf(settings, now)),
    ...(await issuerOf(env)),
    ...(await redisOf(settings)),
    ...(await pagesOf(origin ?? settings.proxy.origins[0], ask, env.AUTHORIZE)),
  ];
}

const problemOf = ({variable, ...rest}: Problem): Finding => ({subject: variable, ok: false, ...rest});
const good = (subject: string, sentence: string): Finding => ({subject, ok: true, sentence});
const bad = (subject: string, sentence: string, line: string): Finding => ({subject, ok: false, sentence, line});

function secretsOf({platform, proxy}: Settings): Finding[] {
  const {grants, userRefs, authorize} = proxy;
  const findings = [good('APP_KEY', 'It is set, and is not shown here.')];
  // A key of a handful of letters is a password somebody thought up.
  if (platform.key.length < 16) {
    const sentence = `It has only ${platform.key.length} characters: others can find it by trying.`;
    findings[0] = bad('APP_KEY', sentence, 'APP_KEY=a-new-key-of-your-platform');
  } else if (/^(["']).*\1$/.test(platform.key)) {
    const sentence = 'The quotation marks around it are part of it: `docker --env-file` keeps them.';
    findings[0] = bad('APP_KEY', sentence, 'APP_KEY=without-quotation-marks');
  }
  if (grants) findings.push(good('GRANT_KEYS_FILE', `Keys for grants: ${grants.keys.map(({kid}) => kid).join(', ')}.`));
  for (const {kid, origins} of grants?.keys ?? []) {
    const missing = origins.filter(origin => !proxy.origins.includes(origin));
    if (missing.length === 0) continue;
    const sentence = `Grants of the key ${kid} are for pages of ${missing.join(', ')}, which may not ask.`;
    findings.push(bad('ORIGINS', sentence, `ORIGINS=${[...proxy.origins, ...missing].join()}`));
  }
  if (!userRefs && (authorize || grants)) {
    const sentence = 'It is not set: people have another reference at the platform after every restart.';
    findings.push(bad('USER_REF_SECRET', sentence, 'USER_REF_SECRET=$(openssl rand -base64 32)'));
  }
  return findings;
}

/** Whether visitors can be told apart by address, and whether what is sent to the platform is safe on the way. */
function visitorsOf({host, proxy}: Settings, env: Environment): Finding[] {
  const findings: Finding[] = [];
  const isHere = (name: string) => /^(localhost|127(\.\d+){3}|\[?::1\]?)$/.test(name);
  const fromElsewhere = proxy.origins.some(origin => !isHere(new URL(origin).hostname));
  if (isHere(host) && fromElsewhere && !env.TRUSTED_PROXIES?.trim()) {
    const sentence = `Whoever reaches ${host} comes through a reverse proxy, so all visitors share the limits of one address.`;
    findings.push(bad('TRUSTED_PROXIES', sentence, 'TRUSTED_PROXIES=127.0.0.1'));
  }
  if (env.NODE_TLS_REJECT_UNAUTHORIZED === '0') {
    const sentence = 'No certificate is checked: whoever is on the way to the platform can read the key.';
    findings.push(bad('NODE_TLS_REJECT_UNAUTHORIZED', sentence, 'NODE_EXTRA_CA_CERTS=./your-ca.pem'));
  }
  return findings;
}

const PLATFORM_LINE = 'PLATFORM_URL=https://api.example/video/v2';
const KEY_LINE = 'APP_KEY=the-key-your-platform-gave-you';

/** What to change when the platform answers with this. */
const CURES: Partial<Record<RoomsErrorCode, [sentence: string, line: string]>> = {
  unauthorized: ['The platform does not take APP_ID with this key.', KEY_LINE],
  denied: ['The platform does not let this application list its rooms.', KEY_LINE],
  offline: ['Nobody answers there.', PLATFORM_LINE],
  timeout: [`No answer within ${PATIENCE} ms.`, PLATFORM_LINE],
  bad_reply: ['What answers there is no Rooms API.', PLATFORM_LINE],
  misconfigured: ['There is no /rooms below this address.', PLATFORM_LINE],
  not_found: ['There is no /rooms below this address.', PLATFORM_LINE],
};

async function platformOf({platform}: Settings, now: () => number): Promise<Finding[]> {
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
    const sentence = `It answers as a Rooms API, and takes the id and the key; ${length} rooms.`;
    return [good('PLATFORM_URL', sentence), clockOf(date, now())];
  } catch (error) {
    const code = error instanceof RoomsError ? error.code : 'internal';
    const [sentence, cure] = CURES[code] ?? [`It fails (${code}).`, PLATFORM_LINE];
    const {cause} = error as Error;
    const why = code === 'offline' && cause ? `${sentence.slice(0, -1)} (${reasonOf(cause)}).` : sentence;
    const [, above] = /^(.+)\/rooms\/*$/.exec(platform.endpoint) ?? [];
    const line = above && cure === PLATFORM_LINE ? `PLATFORM_URL=${above}` : cure;
    const findings = [bad(line.split('=')[0]!, why, line)];
    return date === undefined ? findings : [...findings, clockOf(date, now())];
  } finally {
    await transport.close();
  }
}

/** What an error of the network is called; its words may quote what was sent. */
function reasonOf(cause: unknown): string {
  const {code, cause: deeper} = cause as {code?: unknown; cause?: unknown};
  if (typeof code === 'string' && /^[A-Z0-9_]+$/.test(code)) return code;
  return deeper ? reasonOf(deeper) : 'no answer';
}

function clockOf(platform: number | undefined, here: number): Finding {
  if (platform === undefined) return good('clock', 'The platform does not tell the time, so it cannot be compared.');
  const off = Math.round((here - platform) / 1000);
  if (Math.abs(off) * 1000 <= SKEW) return good('clock', 'It agrees with the platform’s.');
  const sentence = `It is ${Math.abs(off)} s ${off > 0 ? 'ahead of' : 'behind'} the platform’s.`;
  return bad('clock', sentence, 'timedatectl set-ntp true');
}

/** Whether the keys of the issuer of a JWT can be had. */
async function issuerOf({JWT_JWKS}: Environment): Promise<Finding[]> {
  const address = JWT_JWKS?.trim();
  if (!address) return [];
  const line = 'JWT_JWKS=https://login.example/.well-known/jwks.json';
  try {
    const answer = await fetch(address, {redirect: 'manual', signal: AbortSignal.timeout(PATIENCE)});
    const {keys} = ((await answer.json().catch(() => undefined)) ?? {}) as {keys?: unknown};
    if (Array.isArray(keys) && keys.length > 0) return [good('JWT_JWKS', `It answers; ${keys.length} keys.`)];
    return [bad('JWT_JWKS', `What answers there is no list of keys (status ${answer.status}).`, line)];
  } catch (error) {
    return [bad('JWT_JWKS', `Nobody answers there (${reasonOf(error)}): nobody with a sign-in could be let in.`, line)];
  }
}

async function redisOf({redis}: Settings): Promise<Finding[]> {
  if (!redis) return [];
  const line = 'REDIS_URL=redis://127.0.0.1:6379';
  let client: Awaited<ReturnType<typeof redisClient>>;
  try {
    client = await redisClient(redis);
  } catch {
    return [bad('REDIS_URL', 'It needs a client for Redis.', 'npm install ioredis')];
  }
  try {
    const reply = await client.ping();
    if (reply === 'PONG') return [good('REDIS_URL', 'It answers.')];
    return [bad('REDIS_URL', 'It answers, but not as Redis.', line)];
  } catch {
    // It connects again and again, and says each time why it cannot. Its words may quote the address, and a password.
    const [error] = (await once(client, 'error', {signal: AbortSignal.timeout(PATIENCE)}).catch(() => [{}])) as [
      unknown,
    ];
    if (/NOAUTH|WRONGPASS|password/i.test(String((error as Error).message))) {
      const {protocol, host} = new URL(redis);
      return [bad('REDIS_URL', 'It does not take this password.', `REDIS_URL=${protocol}//:the-password@${host}`)];
    }
    return [bad('REDIS_URL', `No Redis answers there (${reasonOf(error)}).`, line)];
  } finally {
    client.disconnect();
  }
}

/** A proxy to be asked, and what its operator lists as origins, as far as that is known. */
interface Asked {
  base: string;
  fetch: (request: Request) => Promise<Response>;
  origins?: string[];
}

const overHttp = (base: string): Asked => ({
  base: base.replace(/\/+$/, ''),
  fetch: request => fetch(request, {redirect: 'manual', signal: AbortSignal.timeout(PATIENCE)}),
});

/** The proxy as it would be started, asked without a network. */
function inside({proxy, platform}: Settings): Asked {
  const rooms = {...platformRooms({endpoint: platform.endpoint}), list: async () => []};
  const handle = tokenProxy({...proxy, rooms, log: () => {}});
  return {base: `http://127.0.0.1${proxy.mount ?? ''}`, fetch: request => handle(request), origins: proxy.origins};
}

/** Nobody's page, so no proxy may let it in. */
const STRANGER = 'https://greenroom-doctor.invalid';

async function pagesOf(origin: string | undefined, asked: Asked, authorize = './authorize.js'): Promise<Finding[]> {
  const {base, origins} = asked;
  if (!URL.canParse(base)) return [bad('--proxy', 'It is no address.', '--proxy https://shop.example/api')];
  const {origin: host, pathname} = new URL(base);
  const above = pathname.replace(/\/rooms$/, '');
  if (above !== pathname) return [bad('--proxy', 'Leave /rooms out.', `--proxy ${host}${above}`)];
  try {
    const answer = await asked.fetch(new Request(`${base}/rooms`, {headers: {'x-rooms-client': 'doctor'}}));
    const {result} = (await answer.json().catch(() => ({}))) as {result?: unknown};
    if (result === noRoute().result) {
      const sentence = `A token proxy answers at ${host}, and its rooms are not below ${pathname}: its MOUNT is missing.`;
      return [bad('--proxy', sentence, `--proxy ${host}/api`)];
    }
    const findings = origin === undefined ? [] : [await originOf(origin, asked)];
    if ((await preflight(STRANGER, asked)).allowed) {
      const line = `ORIGINS=${(origins ?? [origin ?? 'https://shop.example']).join(',')}`;
      findings.push(bad('ORIGINS', 'Pages of every origin are let in.', line));
    }
    if (origins && answer.status === 503) {
      // Nothing else can fail in there: no network is asked.
      const sentence = 'It fails, or is late, for a request without a sign-in; it must answer null.';
      return [...findings, bad('AUTHORIZE', sentence, `return null; // in ${authorize}, for who is not signed in`)];
    }
    if (typeof result === 'number') return [...findings, good('proxy', 'It answers as a token proxy.')];
    const sentence = `What answers below ${base} is no token proxy (status ${answer.status}).`;
    return [...findings, bad('proxy', sentence, `MOUNT=${pathname}`)];
  } catch (error) {
    return [bad('--proxy', `Nobody answers at ${base} (${reasonOf(error)}).`, 'greenroom proxy')];
  }
}

async function originOf(origin: string, asked: Asked): Promise<Finding> {
  const sent = URL.canParse(origin) ? new URL(origin).origin : 'null';
  if (sent === 'null') return bad('--origin', 'It is no origin.', '--origin https://shop.example');
  const {allowed, headers} = await preflight(sent, asked);
  if (!allowed) {
    const line = `ORIGINS=${[...(asked.origins ?? []), sent].join(',')}`;
    return bad('ORIGINS', `Pages of ${sent} may not ask.`, line);
  }
  const missing = NEEDED.filter(name => !headers.includes(name));
  if (missing.length === 0) return good('ORIGINS', `Pages of ${sent} may ask.`);
  const line = `access-control-allow-headers: ${NEEDED.join(', ')}`;
  return bad('proxy', `Pages of ${sent} may ask, but not with ${missing.join(', ')}.`, line);
}

/** Headers that the elements send. */
const NEEDED = ['content-type', 'authorization', 'x-rooms-client', 'idempotency-key'];

/** What a browser asks before a page of `origin` may ask for a token. */
async function preflight(origin: string, {base, fetch}: Asked) {
  const headers = {
    origin,
    'access-control-request-method': 'POST',
    'access-control-request-headers': NEEDED.join(','),
  };
  const answer = await fetch(new Request(`${base}/rooms/doctor/tokens`, {method: 'OPTIONS', headers}));
  await answer.body?.cancel();
  const allowed = [origin, '*'].includes(answer.headers.get('access-control-allow-origin') ?? '');
  const names = answer.headers.get('access-control-allow-headers') ?? '';
  return {allowed: allowed && answer.ok, headers: names.toLowerCase().split(/\s*,\s*/)};
}

const HELP = `Usage: greenroom doctor [--origin https://shop.example] [--proxy https://shop.example/api]

Checks the variables that \`greenroom proxy\` reads (see its --help), the lengths of secrets, the platform, the clock,
Redis, and whether pages of an origin may ask: the proxy as it is configured here, or the one that runs at --proxy.
Prints what to change for each problem, and never a secret. Ends with 1 when there is a problem.
`;

/** `greenroom doctor`: prints what `examine` finds; the exit code is 1 when something is wrong. */
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
