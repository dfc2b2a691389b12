import {randomUUID} from 'node:crypto';
import {createServer, type IncomingMessage} from 'node:http';
import type {Upstream} from './proxy-naive.js';

// A token proxy as another author might write it, without any code of Greenroom. It cannot manage rooms.

type Values = Record<string, unknown>;

/** The people who may ask, by their Authorization header, which stands for a session here. */
export type People = Map<string | undefined, {user_ref: string; roles: string[]; rooms: string[]}>;

class Refusal {
  constructor(
    readonly status: number,
    readonly code: string,
    readonly headers = {},
  ) {}
}

const ROUTE = /^\/api\/rooms(?:\/([A-Za-z0-9_-]{1,64})(?:\/(users|tokens))?)?(?:\?|$)/;

export function decentProxy({url, id, key}: Upstream, origin: string, people: People) {
  const kept = new Map<string, {body: string; answer: Promise<Values>}>();
  const counted = new Map<string, number[]>();

  async function platform(method: string, path: string, body?: Values): Promise<Values> {
    const headers = {authorization: `Basic ${btoa(`${id}:${key}`)}`, 'content-type': 'application/json'};
    const response = await fetch(url + path, {method, headers, redirect: 'error', body: body && JSON.stringify(body)});
    const answer = (await response.json()) as Values;
    if (Number(answer.result) === 0) return answer;
    throw response.status === 404 ? new Refusal(404, 'not_found') : new Refusal(409, 'denied');
  }

  function count(who: string) {
    const recent = (counted.get(who) ?? []).filter(at => at > Date.now() - 60_000);
    if (recent.length >= 200) throw new Refusal(429, 'rate_limited', {'retry-after': 60});
    counted.set(who, [...recent, Date.now()]);
  }

  async function issue(room_id: string, wish: Values): Promise<Values> {
    const {room} = await platform('GET', `/rooms/${room_id}`);
    const {token} = await platform('POST', `/rooms/${room_id}/tokens`, wish);
    const {data: _, ...participant} = wish;
    return {token, expires_at: new Date(Date.now() + 15 * 60_000), room: shown(room as Values), participant};
  }

  function once(slot: string, wish: Values, run: () => Promise<Values>): Promise<Values> {
    const body = JSON.stringify(wish);
    const first = kept.get(slot) ?? {body, answer: run()};
    if (first.body !== body) throw new Refusal(422, 'invalid');
    if (!kept.has(slot)) setTimeout(() => kept.delete(slot), 30_000).unref();
    kept.set(slot, first);
    return first.answer;
  }

  async function answer(request: IncomingMessage): Promise<Values> {
    const {headers, method = '', url: target = ''} = request;
    if (headers.origin !== undefined && headers.origin !== origin) throw new Refusal(403, 'denied');
    if (method === 'OPTIONS') return {};
    if (!headers['x-rooms-client']) throw new Refusal(403, 'denied');
    const [route, room = '', below] = ROUTE.exec(target) ?? [];
    if (route === undefined) throw new Refusal(404, 'not_found');
    const who = people.get(headers.authorization);
    if (!who) throw new Refusal(401, 'unauthorized');
    const hidden = !who.rooms.includes(room);
    if (method === 'POST' && below === 'tokens') {
      if (!/^application\/json$/.test(headers['content-type'] ?? '')) throw new Refusal(415, 'invalid');
      const wish = {...(await wishIn(request, who.roles)), user_ref: who.user_ref};
      if (hidden) throw new Refusal(404, 'not_found');
      count(who.user_ref);
      const slot = `${who.user_ref} ${room} ${String(headers['idempotency-key'] ?? randomUUID())}`;
      return once(slot, wish, () => issue(room, wish));
    }
    if (method !== 'GET' || below) throw new Refusal(403, 'denied');
    if (room && hidden) throw new Refusal(404, 'not_found');
    if (room) return {room: shown((await platform('GET', `/rooms/${room}`)).room as Values)};
    const {rooms} = (await platform('GET', '/rooms')) as {rooms: Values[]};
    return {rooms: rooms.filter(({room_id}) => who.rooms.includes(room_id as string)).map(shown)};
  }

  return createServer({keepAliveTimeout: 1000}, async (request, response) => {
    const cors = {
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET, POST, PATCH, DELETE',
      'access-control-allow-headers': 'content-type, authorization, x-rooms-client, idempotency-key',
      'access-control-expose-headers': 'retry-after',
    };
    const ours = {'content-type': 'application/json', 'cache-control': 'no-store', 'x-content-type-options': 'nosniff'};
    const always = {...ours, vary: 'Origin', ...(request.headers.origin === origin && cors)};
    const {status, code, headers, ...body} = await answer(request).then(
      good => ({status: 200, headers: {}, code: undefined, result: 0, server_now: new Date(), ...good}),
      (error: unknown) => {
        const {status, code, headers} = error instanceof Refusal ? error : new Refusal(502, 'platform_down');
        return {status, code, headers, result: 1};
      },
    );
    response.writeHead(status, {...always, ...headers});
    response.end(JSON.stringify(code ? {...body, code, error: `Refused: ${code}.`} : body));
  });
}

/** Builds the body for the platform, field by field. */
async function wishIn(request: IncomingMessage, roles: string[]): Promise<Values> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    if ((text += chunk).length > 16 * 1024) throw new Refusal(413, 'invalid', {connection: 'close'});
  }
  // A body that cannot be read has no role.
  const sent = {...((await new Response(text).json().catch(() => ({}))) as Values)};
  const {name, role, data} = sent as {name: unknown; role: string; data?: unknown};
  if (!roles.includes(role)) throw new Refusal(typeof role === 'string' ? 403 : 400, 'role_invalid');
  if (typeof name !== 'string' || !/^[^\p{C}]{1,200}$/u.test(name)) throw new Refusal(400, 'invalid');
  const fits = data === undefined || (typeof data === 'object' && data && Object.keys(data).length <= 5);
  if (!fits) throw new Refusal(400, 'invalid');
  return {name, role, data};
}

/** The part of a room that visitors may see. */
function shown({room_id, name, settings}: Values): Values {
  const {description, mode, scheduled, adhoc, scheduled_time, duration} = settings as Values;
  return {room_id, name, settings: {description, mode, scheduled, adhoc, scheduled_time, duration}};
}
