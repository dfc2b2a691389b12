import {css, type LitElement} from 'lit';
import type {Language} from '../controllers/language.js';
import type {Words} from '../locales/joining/joining.js';
import type {PickingWords} from '../locales/picking/picking.js';
import {sayMinutes, sayTime} from '../locales/time.js';
import {EARLY} from '../rooms/times.js';
import {addStyles} from '../styles/root.js';
import type {Row} from './room-row.js';

/** The lamp before a row shows its state by its shape, too: a disc, a ring, an arch or a square. */
const styles = css`
  li {
    --_start: calc(3 * var(--_space) + 20px);
    position: relative;
    padding-inline-start: var(--_start);
  }
  li[aria-selected='true'] {
    padding-inline-start: calc(var(--_start) - 3px);
  }
  li::before {
    content: '';
    position: absolute;
    inset-block: 0;
    inset-inline-start: calc(3 * var(--_space));
    margin-block: auto;
    box-sizing: border-box;
    inline-size: 10px;
    block-size: 10px;
    border: 2px solid var(--_muted);
    border-radius: 50%;
  }
  li[aria-selected='true']::before {
    inset-inline-start: calc(3 * var(--_space) - 3px);
  }
  [data-lamp='live']::before {
    border: 5px solid var(--_accent);
  }
  [data-lamp='soon']::before {
    border-block-end-color: transparent;
    border-end-start-radius: 0;
    border-end-end-radius: 0;
  }
  [data-lamp='full']::before {
    border-width: 5px;
    border-radius: 2px;
  }
  :is([data-lamp='over'], [data-lamp='gone'])::before {
    border-width: 1px;
    opacity: 0.5;
  }
  [part='status']:not(:empty) {
    border-radius: 1em;
    padding-inline: 0.6em;
    background: var(--_raised);
  }
  [part='faces'] {
    grid-area: 2 / 2;
    display: flex;
    align-self: center;
    /* Rows are as tall with faces as without. */
    margin-block: -1em;
    overflow: visible;
  }
  [part='face'] {
    display: grid;
    place-content: center;
    margin-inline-start: -6px;
    border: 2px solid var(--_surface);
    border-radius: 50%;
    inline-size: 22px;
    block-size: 22px;
    background: var(--_chosen);
    color: var(--_text);
    font-size: 9px;
    font-weight: 600;
  }
  li:has([part='faces']) > [part='description'] {
    grid-column: 1;
  }
  [part='face']::before {
    content: attr(data-initials);
  }
  @container (max-width: 22em) {
    [part='faces'] {
      display: none;
    }
    [part='status']:not(:empty) {
      justify-self: start;
    }
  }
`;

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
    addStyles(host, styles);
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
      said(people(), times(), settings.description),
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

const said = (...texts: (string | false | undefined)[]) => texts.filter(Boolean).join(' · ');

function part(name: string): HTMLElement {
  const element = document.createElement('span');
  element.setAttribute('part', name);
  return element;
}
