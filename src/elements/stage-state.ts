import {around} from '../controllers/around.js';
import type {RoomsError} from '../rooms/errors.js';
import type {TokenDetail} from '../rooms/token-detail.js';
import {webAddress} from '../rooms/web-address.js';
import type {Call, EndReason, Frame, Person} from '../stage/call.js';
import type {CallingWords} from '../locales/calling/calling.js';
import {watches} from './facts.js';

/** The state of a `<room-stage>`. */
export type StageState =
  | {status: 'idle'}
  /** `knocks`: a moderator decides. */
  | {status: 'joining'; detail: TokenDetail; knocks: boolean}
  | {status: 'inside'; detail: TokenDetail; call: Call}
  /** The vendor's own window is there. */
  | {status: 'framed'; detail: TokenDetail; frame: Frame}
  /** A client of the page's own takes the call. */
  | {status: 'elsewhere'; detail: TokenDetail}
  /** `error`: the call never began. */
  | {status: 'left'; detail: TokenDetail; reason: EndReason; error?: RoomsError; knocked?: boolean};

/** Whether the stage knows from a call before what a person sends. */
export const wasIn = ({status}: StageState) => status !== 'idle' && status !== 'elsewhere';

/** Whether a person may share a screen as soon as they may send anything. */
export const sharesScreens = ({participant: {role}, room}: TokenDetail) =>
  !watches(role) && room.settings.screen_share !== false;

/** Where the audience watches (HLS); undefined if the room has no broadcast at an https address. */
export function broadcastOf({room}: TokenDetail): string | undefined {
  const url = webAddress(room.settings.hls_view_url ?? '');
  return url?.protocol === 'https:' ? url.href : undefined;
}

/** Whether nothing has the focus, or one of these elements. */
export function isFocused(...elements: (Element | undefined)[]): boolean {
  let at = document.activeElement;
  if (!at || at === document.body) return true;
  while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return elements.some(each => each && isWithin(each, at));
}

/** Whether an element is another one, or inside of it, also through slots and shadow roots. */
export function isWithin(outer: Element, element: Element): boolean {
  let at: Element | null | undefined = element;
  while (at && at !== outer) at = around(at);
  return at === outer;
}

/** The nearest `<green-room>` around an element. */
export function greenRoomAround(element: Element): Element | undefined {
  let at = around(element);
  while (at && at.localName !== 'green-room') at = around(at);
  return at ?? undefined;
}

/** Why a person is not seen or heard; empty for everybody else. */
function placeOf({participant: {role}, room}: TokenDetail, {may, you}: Call, words: CallingWords): string {
  if (may.size) return '';
  if (role === 'audience') return words.audience;
  if (role === 'viewer') return words.watches;
  if (room.settings.mode === 'lecture' && you.floor !== undefined) return words.listens;
  return words.waits;
}

/** The most people whose news is told by name at once. */
const TOLD = 3;

/** What is said of a call: at its beginning what you may do and who is there, and then what changed since `before`. */
export function sentencesOf(detail: TokenDetail, before: Call | undefined, now: Call, words: CallingWords): string[] {
  // The audience is not among the people in the room.
  if (detail.participant.role === 'audience') return [placeOf(detail, now, words)];
  if (before) return newsOf(before, now, words);
  const names = now.others.map(({name}) => name).join(', ');
  return [placeOf(detail, now, words), names ? words.here(names) : words.alone];
}

/** What changed in a call since `before`, in sentences. */
function newsOf(before: Call, now: Call, words: CallingWords): string[] {
  const [was, are] = [byId(before.others), byId(now.others)];
  const said: string[] = [];
  for (const [id, {name}] of was) if (!are.has(id)) said.push(words.left(name));
  for (const [id, person] of are) said.push(...changeOf(was.get(id), person, words));
  const knocked = new Set(before.moderation?.knocking?.map(({id}) => id));
  for (const {id, name} of now.moderation?.knocking ?? []) if (!knocked.has(id)) said.push(words.knocks(name));
  if (said.length > TOLD) said.splice(0, said.length, words.inside(now.others.length + 1));
  said.push(...ownNews(before, now, words));
  return said;
}

function changeOf(was: Person | undefined, {name, away, floor, tracks}: Person, words: CallingWords): string[] {
  if (!was) return [words.came(name)];
  const said: string[] = [];
  if (away !== was.away) said.push(away ? words.away(name) : words.back(name));
  if (floor !== was.floor && floor !== undefined) said.push(floor ? words.gotFloor(name) : words.lostFloor(name));
  if (tracks.screen && !was.tracks.screen) said.push(words.shares(name));
  return said;
}

function ownNews(before: Call, now: Call, words: CallingWords): string[] {
  const [could, can] = [before.may.has('microphone'), now.may.has('microphone')];
  if (could === can) return [];
  if (now.you.floor === undefined) return can ? [words.youAreSeen] : [];
  return [can ? words.youGotFloor : words.youLostFloor];
}

const byId = (people: readonly Person[]) => new Map(people.map(person => [person.id, person]));

/** A call as it is at this moment: a `Call` itself changes. */
export const snapshot = ({state, you, others, may, moderation}: Call) =>
  ({state, you, others, may, moderation}) as Call;
