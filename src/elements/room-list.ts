import {html, render} from 'lit';
import {joinWindow} from '../rooms/times.js';
import type {Room} from '../rooms/schema.js';

/** A room of the list. */
export interface Row {
  room: Room;
  /** Epoch ms; NaN for a room that is always open. */
  opensAt: number;
  endsAt: number;
  /** 0 live, 1 open, 2 not yet open, 3 over. */
  group: number;
  /** How many are inside, once that is known. */
  inside?: number;
  /** What it is searched by. */
  text?: string;
  /** The voice it was written in; written anew when that is another. */
  voice?: string;
  element?: HTMLElement;
}

/** How many rows are a chunk, of which one is drawn at once; `room-picker.ts` says how high it is. */
const CHUNK = 50;
/** How many rows are drawn in each frame after. */
const NEXT = 300;

/**
 * The rows of a listbox, as many as there are: all of them in the page, for "find in page", print and screen readers,
 * but in chunks that cost nothing out of sight, and only what is seen first is drawn at once. By hand, since a template
 * for each row costs more than the row.
 */
export class RoomList {
  /** Every room, by id. */
  rows = new Map<string, Row>();
  /** The rows that are shown, by group. */
  groups: Row[][] = [];
  /** The rows that are shown, in their order. */
  shown: Row[] = [];
  /** When the next room opens or is over, epoch ms: until then what was found is right. */
  until = 0;

  /** Told of each row that is written. */
  written?: (row: Row) => void;

  #status: (row: Row) => string;
  #query = '';
  /** For what was drawn, to tell when to draw again. */
  #drawn: [list?: Element, voice?: string, shown?: Row[]] = [];
  #chunks = [[], [], [], []] as HTMLElement[][];
  /** Draws chunk by chunk, and answers how many rows that was. */
  #drawing?: Iterator<number>;
  #frame = 0;
  /** Ids of the rows that are marked. */
  #marks: string[] = [];

  /** `status` says what is written at the end of a row. */
  constructor(status: (row: Row) => string) {
    this.#status = status;
  }

  /** Takes rooms in the place of those it has. One that looks as it did keeps its row as it is. */
  take(rooms: Room[]) {
    const old = this.rows;
    this.rows = new Map(rooms.map(room => [room.room_id, rowOf(room, old.get(room.room_id))]));
    this.until = 0;
  }

  /** Looks for what is to be shown at `now`, epoch ms. */
  find(query: string, now: number) {
    if (now < this.until && query === this.#query) return;
    const sought = fold(query);
    const groups = (this.groups = [[], [], [], []] as Row[][]);
    this.until = Infinity;
    for (const row of this.rows.values()) {
      const {room, opensAt, endsAt} = row;
      const group = opensAt > now ? 2 : room.isRoomActive ? 0 : endsAt <= now ? 3 : 1;
      const next = opensAt > now ? opensAt : endsAt;
      if (next > now && next < this.until) this.until = next;
      if (group !== row.group) row.voice = '';
      row.group = group;
      if (!query || textOf(row).includes(sought)) groups[group]!.push(row);
    }
    groups[2]!.sort((one, other) => one.opensAt - other.opensAt);
    this.shown = groups.flat();
    // What is not looked for is gone at once, and is taken out when there is time.
    if (query !== this.#query) for (const chunk of this.#chunks.flat()) chunk.hidden = true;
    this.#query = query;
  }

  /**
   * Draws what was found into `list`, which has a child for each group. In another `voice` rows are written anew: it
   * stands for the words and the day.
   */
  draw(list: Element, voice: string) {
    const drawn: [Element, string, Row[]] = [list, voice, this.shown];
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
    const element = (row.element ??= blank!.cloneNode(true) as HTMLElement);
    const slot = element.lastElementChild as HTMLSlotElement;
    element.id = slot.name = `room-${id}`;
    for (const [at, text] of [name, this.#status(row), settings.description ?? ''].entries()) {
      element.children[at]!.textContent = text;
    }
    row.voice = this.#drawn[1];
    this.written?.(row);
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
    for (const [at, rows] of this.groups.entries()) {
      const chunks = this.#chunks[at]!;
      for (let from = 0; from < rows.length; from += CHUNK) {
        const chunk = (chunks[from / CHUNK] ??= emptyChunk!.cloneNode() as HTMLElement);
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
}

/** A text as it is searched: without case and accents, `Straße` as `STRASSE`. Vowel signs of other scripts stay. */
export const fold = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toUpperCase();

/** What a row is searched by. */
export const textOf = (row: Row) => (row.text ??= fold(`${row.room.name} ${row.room.settings.description ?? ''}`));

function rowOf(room: Room, known: Row | undefined): Row {
  if (known && looksAs(known.room, room)) {
    known.room = room;
    return known;
  }
  const {opensAt, endsAt} = joinWindow(room) ?? {};
  const {element, inside} = known ?? {};
  return {room, opensAt: Number(opensAt), endsAt: Number(endsAt), group: 1, element, inside};
}

function looksAs(one: Room, other: Room): boolean {
  const [a, b] = [one, other].map(({settings}) => settings as Record<string, unknown>);
  return (
    one.name === other.name &&
    one.isRoomActive === other.isRoomActive &&
    Object.keys({...a, ...b}).every(key => a![key] === b![key])
  );
}

const made = document.createElement('div');
render(
  html`<div part="rows"></div>
    <li part="room" role="option" aria-selected="false">
      <bdi part="name"></bdi><span part="status"></span><bdi part="description"></bdi><slot></slot>
    </li>`,
  made,
);
const [emptyChunk, blank] = made.children;
