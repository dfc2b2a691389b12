import {enforcedByAll} from '../../../rooms/enforces.js';
import {noRoute} from '../../../rooms/results.js';
import {platformRooms, tokenProxy} from '../../proxy.js';
import {Origin} from '../../visitor/visitor.js';
import type {Settings} from '../settings.js';
import {bad, good, PATIENCE, type Finding} from './check.js';
import {connectionFault, cureOf, speaksTls, tlsFault, type ConnectionFault} from './connection.js';

/** The proxy to check. */
interface Target {
  /** Its address, with the mount. */
  base: string;
  fetch: (request: Request) => Promise<Response>;
  /** Its ORIGINS, if its configuration is known. */
  origins?: string[];
  /** Its MOUNT, if its configuration is known. */
  mount?: string | undefined;
}

export const overHttp = (base: string, mount?: string): Target => ({
  mount,
  base: base.replace(/\/+$/, ''),
  fetch: request => fetch(request, {redirect: 'manual', signal: AbortSignal.timeout(PATIENCE)}),
});

/** The proxy as it is configured, without a network. */
export function inProcess({proxy, platform, engine}: Settings): Target {
  // Only the preflight and a list are asked for, and the list is empty.
  const {endpoint} = platform ?? {endpoint: 'http://127.0.0.1'};
  const enforces = engine && {enforces: () => enforcedByAll(Object.values(engine.enforces))};
  const rooms = {...platformRooms({endpoint}), list: async () => [], ...enforces};
  const handle = tokenProxy({...proxy, rooms, log: () => {}});
  return {base: `http://127.0.0.1${proxy.mount ?? ''}`, fetch: request => handle(request), origins: proxy.origins};
}

/** An origin that no page has, so no proxy may allow it. */
const FOREIGN_ORIGIN = 'https://greenroom-doctor.invalid';

export async function checkPages(
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
    if (result === noRoute().result) return [await checkPath(target)];
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
    if (await speaksTls(new URL(base))) return [badAddress(tlsFault(new URL(base)))];
    const sentence = `The answer below ${base} is not from a token proxy (status ${answer.status}).`;
    const elsewhere = await mountOn(host, target);
    return [...findings, bad('--proxy', sentence, `--proxy ${host}${elsewhere ?? '/the-path-of-the-proxy'}`)];
  } catch (error) {
    return [badAddress(await connectionFault(base, error))];
  }
}

const badAddress = (fault: ConnectionFault) =>
  bad('--proxy', fault.sentence, cureOf(fault, '--proxy ', 'greenroom proxy'));

/** Says why a token proxy answers that it has no such path. */
async function checkPath(target: Target): Promise<Finding> {
  const {origin, pathname} = new URL(target.base);
  const path = pathname.replace(/\/$/, '');
  const behind = await mountOn(`${origin}${path}`, target);
  if (path && behind !== undefined) {
    const sentence = `The reverse proxy takes ${path} off the path, and the token proxy waits for its MOUNT ${behind}.`;
    return bad('MOUNT', sentence, 'MOUNT=');
  }
  const sentence = `There is a token proxy at ${origin}, but not below ${path || '/'}. Add its MOUNT.`;
  return bad('--proxy', sentence, `--proxy ${origin}${(await mountOn(origin, target)) ?? '/the-mount'}`);
}

/** The path below an address, of those that are likely, where a token proxy answers. */
async function mountOn(address: string, {base, mount, fetch}: Target): Promise<string | undefined> {
  const likely = [mount ?? '', new URL(base).pathname, '/api', ''].map(path => path.replace(/\/$/, ''));
  for (const path of new Set(likely)) {
    if (`${address}${path}` !== base && (await isTokenProxy(`${address}${path}`, fetch))) return path;
  }
  return undefined;
}

async function isTokenProxy(base: string, fetch: Target['fetch']): Promise<boolean> {
  try {
    const answer = await fetch(new Request(`${base}/rooms`, {headers: {'x-rooms-client': 'doctor'}}));
    const {result} = (await answer.json()) as {result?: unknown};
    return typeof result === 'number' && result !== noRoute().result;
  } catch {
    return false;
  }
}

async function checkPageOrigin(origin: string, target: Target): Promise<Finding> {
  const sent = Origin.is(origin) ? origin : URL.canParse(origin) ? new URL(origin).origin : 'null';
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
