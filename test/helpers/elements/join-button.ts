import {fixture, html} from '@open-wc/testing';
import type {JoinButton, RoomsError, Rooms} from '../../../src/index.js';
import type {RoomTokenEvent} from '../../../src/elements/events.js';
import {EARLY, formatTime} from '../../../src/rooms/rules.js';
import {buttonOf, textOf, until} from './stage.js';

/** The announced sentence. */
export const sentence = (join: Element) => textOf(join, '[role=status]');

export async function showButton(endpoint: string, roomId: string, attributes: Record<string, string> = {}) {
  const join = await fixture<JoinButton>(
    html`<join-button endpoint=${endpoint} room-id=${roomId} user-name="Ann"></join-button>`,
  );
  for (const [name, value] of Object.entries(attributes)) join.setAttribute(name, value);
  await join.updateComplete;
  return join;
}

export async function middleOf(element: Element): Promise<[number, number]> {
  const {x, y, width, height} = element.getBoundingClientRect();
  return [Math.round(x + width / 2), Math.round(y + height / 2)];
}

/** Waits until the button can be pressed again after a token, which takes a second. */
export const rested = (join: JoinButton) =>
  until(() => buttonOf(join).getAttribute('aria-disabled') === 'false', 'it rests');

/** Collects every token that the element hands over from now on. */
export function tokensOf(join: JoinButton): RoomTokenEvent[] {
  const tokens: RoomTokenEvent[] = [];
  join.addEventListener('room-token', event => event.detail.token && tokens.push(event));
  return tokens;
}

/** Collects the announced sentences, beginning with the present one. */
export function announcementsOf(join: Element): string[] {
  const said = [sentence(join)];
  const look = () => sentence(join) === said.at(-1) || said.push(sentence(join));
  new MutationObserver(look).observe(join.shadowRoot!, {subtree: true, childList: true, characterData: true});
  return said;
}

/** Whether the button can be pressed. It keeps the focus if it cannot. */
export const isReady = (join: JoinButton) => buttonOf(join).getAttribute('aria-disabled') === 'false';

interface Asked {
  id: string;
  request: unknown;
  key?: string;
}

/**
 * Rooms of the page itself: one room that opens at `opensAt` (epoch ms, whole seconds) or is always open, a clock that the
 * test sets, and tokens from `answer`.
 */
export function ownRooms({
  opensAt,
  now = Date.now(),
  answer = async () => ({token: crypto.randomUUID()}),
}: {
  opensAt?: number;
  now?: number;
  answer?: () => Promise<{token: string; expires_at?: string}>;
} = {}) {
  const page = {now, opensAt, answer, gets: 0, asked: [] as Asked[]};
  const settings = () =>
    page.opensAt === undefined ? {} : {scheduled: true, scheduled_time: formatTime(page.opensAt + EARLY), duration: 30};
  const rooms = {
    get: async (room_id: string) => (page.gets++, {room_id, name: 'Own', settings: settings()}),
    token: async (id: string, request: unknown, {idempotencyKey: key}: {idempotencyKey?: string}) => {
      page.asked.push({id, request, key});
      return page.answer();
    },
    now: () => page.now,
  } as unknown as Rooms;
  return Object.assign(page, {rooms});
}

/** Shows a button for the room of `ownRooms`, once the room and what the button says of it are loaded. */
export async function showOwn({rooms}: {rooms: Rooms}): Promise<JoinButton> {
  const join = await fixture<JoinButton>(
    html`<join-button .rooms=${rooms} room-id="own" user-name="Ann"></join-button>`,
  );
  await import('../../../src/elements/join-status.js');
  await new Promise(resolve => setTimeout(resolve));
  await join.updateComplete;
  return join;
}

/** Presses the button, and returns the outcome: `ok`, or the code of the error. */
export async function press(join: JoinButton): Promise<string> {
  await until(() => isReady(join), 'it can be pressed');
  return new Promise(resolve => {
    join.addEventListener('room-token', ({detail}) => detail.token && resolve('ok'), {once: true});
    join.addEventListener('room-error', ({detail}: CustomEvent<{error: RoomsError}>) => resolve(detail.error.code), {
      once: true,
    });
    buttonOf(join).click();
  });
}
