import {css, html, render} from 'lit';
import type {Words} from '../locales/words.js';
import type {Room} from '../rooms/schema.js';
import {joinWindow} from '../rooms/times.js';

/** The groups of the list; `new` holds the rooms that came since it was put in order. */
export type Group = keyof Words['groups'];

/** A room of the list. */
export interface Row {
  room: Room;
  /** Epoch ms; NaN for a room that is always open. */
  opensAt: number;
  endsAt: number;
  /** How it is now; `gone` when it is no longer listed. */
  state?: Exclude<Group, 'new'> | 'gone';
  /** Where it stands, which may no longer be how it is. */
  group?: Group;
  /** The order that it stands in. */
  order?: number;
  /** The list it was in last. */
  of?: Room[];
  /** Whether it has another name or description than when it was put in order, and that is not written yet. */
  reworded?: boolean;
  /** How many are inside, once that is known. */
  inside?: number;
  /** What it is searched by. */
  text?: string;
  /** The voice it was written in; written anew when that is another. */
  voice?: string;
  element?: HTMLElement;
}

/** How many rows are a chunk, of which one is drawn at once; `rows` says how high it is. */
const CHUNK = 50;
/** How many rows are drawn in each frame after. */
const NEXT = 300;
/** In the order in which they stand. */
export const GROUPS: Group[] = ['live', 'open', 'soon', 'over', 'new'];

/** How the list and its rows look. */
export const rows = css`
  [part~='list'] {
    /* A row with a line for its name and two for its state. */
    --_row: calc(2.45em + 5 * var(--_space));
    border: 1px solid var(--_raised);
    background: var(--_surface);
    color: inherit;
    block-size: var(--room-list-size, 20rem);
    padding: var(--_space);
    overflow: auto;
    list-style: none;
  }
  div[part~='list'] {
    display: grid;
    place-content: center;
    place-items: center;
    gap: 0.75rem;
    text-align: center;
  }
  [part~='failure'] {
    color: var(--_danger);
  }
  li {
    display: grid;
    grid-template-columns: 1fr min(45%, 12rem);
    column-gap: calc(3 * var(--_space));
    place-content: center stretch;
    justify-items: start;
    min-block-size: var(--_row);
    border: 1px solid transparent;
    border-radius: calc(var(--room-radius, 10px) - var(--_space));
    padding: calc(2 * var(--_space)) calc(3 * var(--_space));
    cursor: pointer;
    overflow-wrap: anywhere;
    /* Marks piled on a letter stay in their own row. */
    overflow: clip;
  }
  [part='heading'] {
    padding: calc(2 * var(--_space)) calc(3 * var(--_space)) 0;
  }
  /* Out of sight a chunk costs nothing; until it was seen once it is taken to be as high as its rows usually are. */
  .full {
    content-visibility: auto;
    contain-intrinsic-block-size: auto calc(50 * var(--_row));
  }
  li:hover {
    background: var(--_raised);
  }
  [aria-selected='true'] {
    border-color: var(--_accent);
    /* A wider edge, since forced colours draw every border alike; the text stays where it is. */
    border-inline-start-width: 4px;
    padding-inline-start: calc(3 * var(--_space) - 3px);
    background: var(--_chosen);
  }
  [part='name'],
  [part='heading'] {
    font-weight: 600;
  }
  [part='heading'],
  span,
  span + bdi {
    color: var(--_muted);
    font-size: 0.875em;
  }
  /* As much room whatever it says, and no part in how high the row is: it changes, and nothing is to move then. */
  span {
    display: grid;
    place-content: center start;
    grid-area: 1 / 2 / span 2;
    align-self: center;
    block-size: 2lh;
    margin-block: -1lh;
  }
  ul:focus-visible [data-active] {
    outline: 2px solid var(--_accent);
    outline-offset: -2px;
  }
  [aria-busy] {
    background: linear-gradient(var(--_raised) 92%, transparent 0) 0 0 / 100% var(--_row) content-box;
  }
  [role='status'] {
    position: absolute;
    clip-path: inset(50%);
  }
  @media print {
    [part~='list'] {
      block-size: auto;
      overflow: visible;
    }
    .full {
      content-visibility: visible;
    }
  }
`;

/**
 * The rows of a listbox, as many as there are: all of them in the page, for "find in page", print and screen readers,
 * but in chunks that cost nothing out of sight, and only what is seen first is drawn at once. By hand, since a template
 * for each row costs more than the row.
 *
 * Rooms change, open and go, but their rows stay where they are until the list is put in order.
 */
export class RoomList {
  /** Every room, by id, those that are gone among them. */
  rows = new Map<string, Row>();
  /** The rows that are shown, by group. */
  groups = emptyGroups();
  /** The rows that are shown, in their order. */
  shown: Row[] = [];
  /** Whether there was more than one group when they were put in order. */
  headed = false;
  /** When the next room opens or is over, epoch ms: until then what was found is right. */
  until = 0;

  /** Told of each row that is written. */
  written?: (row: Row) => void;

  #status: (row: Row) => string;
  #rooms: Room[] = [];
  #query = '';
  /** Counts how often the rooms were put in order. */
  #order = 0;
  /** Counts what has to be drawn. */
  #change = 0;
  /** For what was drawn, to tell when to draw again. */
  #drawn: [list?: Element, voice?: string, change?: number] = [];
  #chunks = GROUPS.map((): HTMLElement[] => []);
  /** Draws chunk by chunk, and answers how many rows that was. */
  #drawing?: Iterator<number>;
  #frame = 0;
  /** Ids of the rows that are marked. */
  #marks: string[] = [];
  /** What is held at its height. */
  #held: HTMLElement[] = [];
  #emptyChunk: Element;
  #blank: Element;

  /** `status` says what is written at the end of a row. */
  constructor(status: (row: Row) => string) {
    this.#status = status;
    const made = document.createElement('div');
    render(
      html`<div part="rows"></div>
        <li part="room" role="option" aria-selected="false">
          <bdi part="name"></bdi><span part="status"></span><bdi part="description"></bdi><slot></slot>
        </li>`,
      made,
    );
    [this.#emptyChunk, this.#blank] = made.children as unknown as [Element, Element];
  }

  /** Takes rooms in the place of those it has. One that looks as it did keeps its row as it is. */
  take(rooms: Room[]) {
    this.#rooms = rooms;
    for (const room of rooms) {
      let row = this.rows.get(room.room_id);
      if (!row) this.rows.set(room.room_id, (row = {room, opensAt: NaN, endsAt: NaN}));
      if (!row.of || !looksAs(row.room, room)) {
        const {opensAt, endsAt} = joinWindow(room) ?? {};
        row.opensAt = Number(opensAt);
        row.endsAt = Number(endsAt);
        row.reworded = !!row.of;
        row.text = row.voice = undefined;
      }
      row.room = room;
      row.of = rooms;
    }
    this.until = 0;
  }

  /**
   * Looks for what is to be shown at `now`, epoch ms. The rooms are put in order when that is asked for (`anew`), when
   * another query is sought, and when there was none; else nothing but their words changes, and new ones come last.
   */
  find(query: string, now: number, anew = false) {
    anew ||= query !== this.#query || !this.shown.length;
    if (!anew && now < this.until) return;
    if (anew) this.#forget();
    // What is not looked for is gone at once, and is taken out when there is time.
    if (query !== this.#query) for (const chunk of this.#chunks.flat()) chunk.hidden = true;
    this.#query = query;
    this.#change++;
    const sought = fold(query);
    this.until = Infinity;
    for (const row of this.rows.values()) {
      const {opensAt, endsAt, state, group} = row;
      row.state = this.#stateOf(row, now);
      const next = opensAt > now ? opensAt : endsAt;
      if (next > now && next < this.until) this.until = next;
      const stands = row.order === this.#order;
      if (!stands) row.group = anew ? (row.state as Group) : 'new';
      row.order = this.#order;
      if (state !== row.state || group !== row.group) row.voice = undefined;
      if (!stands && (!query || textOf(row).includes(sought))) this.groups.get(row.group!)!.push(row);
    }
    if (anew) {
      this.groups.get('soon')!.sort((one, other) => one.opensAt - other.opensAt);
      this.headed = [...this.groups.values()].filter(rows => rows.length).length > 1;
    }
    this.shown = [...this.groups.values()].flat();
  }

  /**
   * Draws what was found into `list`, which has a child for each group. In another `voice` rows are written anew: it
   * stands for the words and the day.
   */
  draw(list: Element, voice: string) {
    const drawn: [Element, string, number] = [list, voice, this.#change];
    if (drawn.every((each, at) => each === this.#drawn[at])) return;
    this.#drawn = drawn;
    this.#drawing = this.#draw(list);
    this.#step(list, CHUNK);
  }

  /** The element of a row that is shown, drawn at the latest now. */
  reach(list: Element, row: Row): HTMLElement {
    if (!row.element?.isConnected) this.#step(list, Infinity);
    return row.element!;
  }

  /** Marks the chosen and the active row, by id, and no others. */
  mark(...ids: string[]) {
    for (const id of [...this.#marks, ...ids]) {
      const element = this.rows.get(id)?.element;
      element?.setAttribute('aria-selected', `${id === ids[0]}`);
      element?.part.toggle('current', id === ids[0]);
      element?.toggleAttribute('data-active', id === ids[1]);
    }
    this.#marks = ids;
  }

  /** Writes what is known of a room into its row. */
  write(row: Row) {
    const {room_id: id, name, settings} = row.room;
    const element = (row.element ??= this.#blank.cloneNode(true) as HTMLElement);
    const slot = element.lastElementChild as HTMLSlotElement;
    element.id = slot.name = `room-${id}`;
    for (const [at, text] of [name, this.#status(row), settings.description ?? ''].entries()) {
      element.children[at]!.textContent = text;
    }
    if (row.state === 'gone') element.ariaDisabled = 'true';
    else element.removeAttribute('aria-disabled');
    row.voice = this.#drawn[1];
    row.reworded = false;
    // While there is time, for the next search.
    textOf(row);
    this.written?.(row);
  }

  #stateOf({of, room, opensAt, endsAt}: Row, now: number): Row['state'] {
    if (of !== this.#rooms) return 'gone';
    if (opensAt > now) return 'soon';
    if (room.isRoomActive) return 'live';
    return endsAt <= now ? 'over' : 'open';
  }

  /** Where rows stand, those that are gone, and how high the others were. */
  #forget() {
    this.rows = new Map(this.#rooms.map(({room_id: id}) => [id, this.rows.get(id)!]));
    for (const row of this.rows.values()) row.reworded = false;
    this.groups = emptyGroups();
    this.#order++;
    for (const element of this.#held.splice(0)) element.style.blockSize = '';
  }

  #step(list: Element, left: number) {
    cancelAnimationFrame(this.#frame);
    // At its end there is no number, and nothing is left to do.
    while (left > 0) left -= this.#drawing!.next().value as number;
    this.mark(...this.#marks);
    if (left <= 0) this.#frame = requestAnimationFrame(() => this.#step(list, NEXT));
  }

  *#draw(list: Element): Iterator<number> {
    const leaving: HTMLElement[] = [];
    for (const [at, rows] of [...this.groups.values()].entries()) {
      const chunks = this.#chunks[at]!;
      for (let from = 0; from < rows.length; from += CHUNK) {
        const chunk = (chunks[from / CHUNK] ??= this.#emptyChunk.cloneNode() as HTMLElement);
        if (chunk.parentNode !== list.children[at]) list.children[at]!.append(chunk);
        yield this.#fill(chunk, rows.slice(from, from + CHUNK));
      }
      leaving.push(...chunks.splice(Math.ceil(rows.length / CHUNK)));
    }
    for (const chunk of leaving) {
      chunk.remove();
      yield CHUNK;
    }
  }

  #fill(chunk: HTMLElement, rows: Row[]): number {
    const outdated = rows.filter(row => row.voice !== this.#drawn[1]);
    this.#hold(outdated);
    for (const row of outdated) this.write(row);
    chunk.hidden = false;
    // One that is not full would be taken for higher than it is.
    chunk.className = rows[CHUNK - 1] ? 'full' : '';
    const elements = rows.map(row => row.element!);
    const {children} = chunk;
    if (elements.length === children.length && elements.every((each, at) => each === children[at])) {
      return outdated.length;
    }
    chunk.replaceChildren(...elements);
    return rows.length;
  }

  /** Keeps rows that get another name or description as high as they are: nothing below them moves. */
  #hold(rows: Row[]) {
    const elements = rows.filter(row => row.reworded && row.element?.isConnected).map(row => row.element!);
    const heights = elements.map(element => getComputedStyle(element).blockSize);
    for (const [at, element] of elements.entries()) element.style.blockSize = heights[at]!;
    this.#held.push(...elements);
  }
}

const emptyGroups = () => new Map(GROUPS.map((group): [Group, Row[]] => [group, []]));

/** A text as it is searched: without case and accents, `Straße` as `STRASSE`. Vowel signs of other scripts stay. */
export const fold = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toUpperCase();

/** What a row is searched by. */
export const textOf = (row: Row) => (row.text ??= fold(`${row.room.name} ${row.room.settings.description ?? ''}`));

/** Whether two rooms are told apart by nothing that is shown of them. */
function looksAs(one: Room, other: Room): boolean {
  const [a, b] = [one.settings, other.settings];
  return (
    one === other ||
    (one.name === other.name &&
      one.isRoomActive === other.isRoomActive &&
      a.description === b.description &&
      a.mode === b.mode &&
      a.scheduled === b.scheduled &&
      a.scheduled_time === b.scheduled_time &&
      a.duration === b.duration)
  );
}
