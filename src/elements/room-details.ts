import type {LitElement} from 'lit';
import type {Language} from '../controllers/language.js';
import type {Words} from '../locales/joining/joining.js';
import type {PickingWords} from '../locales/picking/picking.js';
import {sayMinutes, sayTime} from '../locales/time.js';
import {EARLY} from '../rooms/times.js';
import type {Room} from '../rooms/room.js';
import type {Row} from './room-row.js';

interface Host extends LitElement {
  showUsers: boolean;
}

/** What rows say beyond their state: who is in, how long, and what it takes to come in. Loaded beside the list. */
export class RoomDetails {
  #host: Host;
  #words: Language<PickingWords>;

  constructor(host: Host, words: Language<PickingWords>) {
    this.#host = host;
    this.#words = words;
  }

  /** The language of the words. Rows are written again when it changes. */
  get tag(): string {
    return this.#words.tag;
  }

  /**
   * The text at the end of a row, and the one below its name.
   *
   * @param common - The words of the list.
   * @param isHeaded - Whether the heading of the row's group is shown.
   * @param now - Epoch ms.
   */
  texts(row: Row, common: Words, isHeaded: boolean, now: number): [status: string, description: string] {
    const {room, state, group, opensAt, endsAt} = row;
    const {words, tag} = this.#words;
    const {settings} = room;
    const isOpen = state === 'live' || state === 'open';
    const number = (n: number) => n.toLocaleString(tag);
    // The heading of a group says the state already.
    const isSaid = group === state && isHeaded;
    const states = {
      live: () => (isSaid ? '' : common.inside()),
      open: () => (group === 'live' || group === 'soon' || group === 'over' ? common.groups.open : ''),
      soon: () => common.opens(sayTime(tag, opensAt!, now)),
      over: () => (isSaid ? '' : common.over),
      gone: () => common.gone,
    };
    const people = () => {
      if (state !== 'live' || !this.#host.showUsers || room.inside === undefined) return '';
      return room.capacity ? words.insideOf(number(room.inside), number(room.capacity)) : common.inside(room.inside);
    };
    const times = () => {
      if (isOpen && endsAt! > now) return words.until(sayTime(tag, endsAt!, now));
      if (state !== 'soon') return '';
      const start = opensAt! + EARLY;
      // The day of the end is that of the start, if nothing else is said.
      const range = `${sayTime(tag, start, now)} – ${sayTime(tag, endsAt!, start)}`;
      return `${range} (${sayMinutes(tag, settings.duration!)})`;
    };
    const entry = isOpen && (room.full ? words.full : settings.knock === true && common.ask);
    return [
      said(settings.mode === 'lecture' && common.lecture, states[state!](), entry),
      before(said(people(), times()), settings.description),
    ];
  }

  /** Draws what a row shows beside its texts. */
  draw({element, room, state}: Row) {
    element!.dataset.lamp = state === 'live' && room.full ? 'full' : state;
    if (state !== 'live' || !this.#host.showUsers || !room.faces?.length) return;
    const faces = part('faces');
    for (const initials of room.faces) {
      const face = part('face');
      // A picture, not a text of the row: it is neither read aloud nor found.
      face.dataset.initials = initials;
      faces.appendChild(face);
    }
    element!.appendChild(faces);
  }
}

/** What a row shows of a room, beside its settings. */
const TOLD = ['name', 'isRoomActive', 'inside', 'full', 'capacity', 'faces'] as const;

/** The settings that a row shows. */
const SHOWN = ['description', 'mode', 'scheduled', 'scheduled_time', 'duration', 'knock'] as const;

/** Whether two rooms look the same in the list. */
export const looksLike = (one: Room, other: Room) =>
  one === other ||
  (TOLD.every(key => String(one[key]) === String(other[key])) &&
    SHOWN.every(key => one.settings[key] === other.settings[key]));

const said = (...texts: (string | false | undefined)[]) => texts.filter(Boolean).join(' · ');

/** Whether the first letter of a text is written from right to left. */
const isRightToLeft = (text: string) => /^\P{L}*[\p{Script=Arabic}\p{Script=Hebrew}]/u.test(text);

/** Our text and then the owner's, which is kept in one piece if it runs in the other direction. */
function before(text: string, own = ''): string {
  const isolated = isRightToLeft(text) === isRightToLeft(own) ? own : `\u2068${own}\u2069`;
  return said(text, text ? own && isolated : own);
}

function part(name: string): HTMLElement {
  const element = document.createElement('span');
  element.setAttribute('part', name);
  return element;
}
