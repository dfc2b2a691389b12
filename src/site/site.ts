import {LRUCache} from 'lru-cache';
import {httpRooms} from '../http/client.js';
import {RoomId, type ListedRoom} from '../rooms/schema.js';
import {clockOf} from '../rooms/times.js';
import {checkOptions, type RoomSiteOptions} from './options.js';
import {pageOf, plainPage} from './page.js';
import {pageHeaders} from './policy.js';

export type {RoomSiteOptions} from './options.js';

/** How long a page may wait for the name of its room, in ms. It goes without after that. */
const PATIENCE = 1500;
/** How long the name of a room is used, in ms, and how long it counts as unknown after a failure. */
const KNOWN = 30_000;
const UNKNOWN = 5_000;

const ROOM = /^\/r\/([^/]+)\/?$/;

/**
 * Makes a handler that serves a page for each room at `/r/<room_id>`, and one for all at `/`. The pages hold a
 * `<green-room>`, and say to everybody only what the token proxy says to guests. Throws `misconfigured` if an option is
 * wrong.
 *
 * @example
 * const site = roomSite({endpoint: 'https://api.example/rooms', url: 'https://meet.example', name: 'Meet us'});
 * export default {fetch: site};
 */
export function roomSite(options: RoomSiteOptions): (request: Request) => Promise<Response> {
  checkOptions(options);
  const {endpoint, url, home = true} = options;
  const asked = URL.canParse(endpoint, url) ? new URL(endpoint, url).href : undefined;
  const rooms = asked === undefined ? undefined : httpRooms({endpoint: asked, timeout: PATIENCE, report: () => {}});
  const known = new LRUCache<string, {room?: ListedRoom}>({max: 1000, ttl: KNOWN});
  const running = new Map<string, Promise<ListedRoom | undefined>>();

  /** What everybody may know of a room. */
  async function ask(id: string): Promise<ListedRoom | undefined> {
    const found = known.get(id);
    if (found || !rooms) return found?.room;
    const work = running.get(id) ?? rooms.get(id).catch(() => undefined);
    running.set(id, work);
    const room = await work;
    running.delete(id);
    known.set(id, {room}, {ttl: room ? KNOWN : UNKNOWN});
    return room;
  }

  function reply(status: number, html: string, headers: Record<string, string>, request: Request) {
    return new Response(request.method === 'HEAD' ? null : html, {
      status,
      headers: {'content-type': 'text/html; charset=utf-8', 'cache-control': 'private, no-cache', ...headers},
    });
  }

  return async function site(request) {
    const here = new URL(request.url);
    const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16))));
    const headers = pageHeaders(options, nonce);
    const refuse = (status: number, sentence: string, more = {}) =>
      reply(status, plainPage(sentence, options), {...headers, ...more}, request);
    if (!/^(GET|HEAD)$/.test(request.method)) return refuse(405, 'Only GET is allowed.', {allow: 'GET, HEAD'});
    const isHome = here.pathname === '/';
    const roomId = ROOM.exec(here.pathname)?.[1];
    if (isHome ? !home : !RoomId.is(roomId)) return refuse(404, 'There is no such page.');
    const linked = here.searchParams.get('room');
    const shown = isHome && RoomId.is(linked) ? linked : roomId;
    const room = shown === undefined ? undefined : await ask(shown);
    const address = new URL(`${here.pathname}${isHome && shown ? `?room=${shown}` : ''}`, url ?? here);
    const now = rooms ? clockOf(rooms) : Date.now();
    return reply(200, await pageOf({options, roomId, room, url: address, nonce, now}), headers, request);
  };
}
