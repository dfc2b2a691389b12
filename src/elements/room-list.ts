import {html, render} from 'lit';
import type {Words} from '../locales/joining/joining.js';
import type {Room} from '../rooms/schema.js';
import {joinWindow, roomPhase} from '../rooms/times.js';

/** The groups of the list; `new` holds the rooms that came since it was put in order. */
export type Group = keyof Words['groups'];

/** A room of the list. */
export interface Row {
  room: Room;
  /** The list it was in last. */
  of: Room[];
  /** Epoch ms; NaN for a room that is always open. */
  opensAt?: number;
  endsAt?: number;
  /** How it is now; `gone` when it is no longer listed. */
  state?: Exclude<Group, 'new'> | 'gone';
  /** Where it stands, which may no longer be how it is. */
  group?: Group;
  /** Whether it has another name or description than when it was put in order. */
  reworded?: boolean;
  /** How many are inside, once that is known. */
  inside?: number;
  /** What it is searched by. */
  text?: string;
  /** The voice it was written in; written anew when that is another. */
  voice?: string;
  element?: HTMLElement;
}

/** How many rows are drawn at once, at least. */
const FIRST = 8;
/** What a row takes of the list's height, at least, in px. */
const LOW = 40;
/** How many rows are a chunk, of those that are drawn after. */
const CHUNK = 50;
/** How many chunks of a group are put in order at once: the others are farther down than one sees. */
const NEAR = 2;
/** How long to draw in each frame after, in ms. */
const SLICE = 8;

/**
 * The rows of a listbox, as many as there are: all of them in the page, for "find in page", print and screen readers, but
 * in chunks that cost nothing out of sight, and only what is seen first is drawn at once. By hand, since a template for
 * each row costs more than the row.
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
  /** The rows of the rooms that are listed, in the order of the listing. */
  #listed: Row[] = [];
  #query = '';
  /** How many rows are drawn at once. */
  #first = FIRST;
  /** Whether there is something else to draw than was. */
  #changed = false;
  /** Where it was drawn, and in which voice. */
  #list?: Element;
  #voice?: string;
  /** The chunks that are needed, in their order, with what is to be in each. */
  #parts: [chunk: HTMLElement, rows: Row[]][] = [];
  /** Chunks that are needed no more. */
  #spare: Element[] = [];
  /** What draws all that was not drawn at once. */
  #rest?: Iterator<unknown>;
  /** Whether another query is sought than was. */
  #isSought = false;
  /** Chunks that hold what another query found. */
  #stale = new Set<HTMLElement>();
  /** Ids of the rows that are marked. */
  #marks: string[] = [];
  /** Names of the slots that the page has filled. */
  #slots = new Set<string>();
  #emptyChunk: Element;
  #blank: Element;

  /** `status` says what is written at the end of a row. */
  constructor(status: (row: Row) => string) {
    this.#status = status;
    const made = document.createElement('div');
    render(
      html`<div part="rows" class="blank"></div>
        <li part="room" role="option" aria-selected="false">
          <bdi part="name"></bdi> <span part="status"></span> <bdi part="description"></bdi>
        </li>`,
      made,
    );
    [this.#emptyChunk, this.#blank] = made.children as unknown as [Element, Element];
  }

  /**
   * Takes rooms in the place of those it has, and answers whether it took them all: of thousands only what is seen first
   * when it has none and nothing is sought. One that looks as it did keeps its row as it is.
   */
  take(all: Room[], now: number): boolean {
    const rooms = this.shown.length || this.#query ? all : firstOf(all, now, this.#fitting());
    this.#rooms = rooms;
    this.#listed = [];
    this.until = 0;
    for (const room of rooms) {
      const known = this.rows.get(room.room_id);
      // A room that is listed twice has one row.
      if (known?.of === rooms) continue;
      const row: Row = known ?? {room, of: rooms};
      if (!known || !looksAs(known.room, room)) {
        const {opensAt, endsAt} = joinWindow(room) ?? {};
        row.opensAt = Number(opensAt);
        row.endsAt = Number(endsAt);
        row.reworded = !!known;
        row.text = row.voice = undefined;
        this.rows.set(room.room_id, row);
      }
      row.room = room;
      row.of = rooms;
      this.#listed.push(row);
    }
    return rooms === all;
  }

  /**
   * Looks for what is to be shown at `now`, epoch ms. The rooms are put in order when that is asked for (`anew`), when
   * another query is sought, and when there was none; else nothing but their words changes, and new ones come last.
   */
  find(query: string, now: number, anew = false) {
    anew ||= query !== this.#query || !this.shown.length;
    if (!anew && now < this.until) return;
    if (anew) {
      // To go through thousands in vain takes as long as to draw what is seen first.
      if (this.rows.size > this.#listed.length) this.rows = new Map(this.#listed.map(row => [row.room.room_id, row]));
      this.groups = emptyGroups();
    }
    this.#first = this.#fitting();
    this.#isSought ||= query !== this.#query;
    this.#query = query;
    this.#changed = true;
    const sought = fold(query);
    const isPast = now >= this.until;
    if (isPast) this.until = Infinity;
    for (const row of anew ? this.#listed : this.rows.values()) {
      const {opensAt, endsAt, state, group} = row;
      if (isPast) {
        row.state = this.#stateOf(row, now);
        const next = opensAt! > now ? opensAt : endsAt;
        if (next! > now && next! < this.until) this.until = next!;
      }
      const stands = group && !anew;
      if (!stands) {
        row.group = anew ? (row.state as Group) : 'new';
        if (row.reworded && row.element) row.element.style.blockSize = '';
        row.reworded = false;
      }
      if (state !== row.state || group !== row.group) row.voice = undefined;
      if (!stands && (!query || textOf(row).includes(sought))) this.groups[row.group!].push(row);
    }
    const all = Object.values(this.groups);
    if (anew) {
      this.groups.soon.sort((one, other) => one.opensAt! - other.opensAt!);
      this.headed = all.filter(rows => rows.length).length > 1;
    }
    // `flat` takes ten times as long.
    this.shown = ([] as Row[]).concat(...all);
  }

  /**
   * Draws what was found into `list`, which has a child for each group, and in it a heading and a box for what is farther
   * down. In another `voice` rows are written anew: it stands for the words and the day.
   */
  draw(list: Element, voice: string) {
    if (list === this.#list && voice === this.#voice && !this.#changed) return;
    this.#list = list;
    this.#voice = voice;
    this.#changed = false;
    this.#arrange(NEAR);
    let left = this.#first;
    for (const [chunk, rows] of this.#parts) {
      if (left > 0) this.#fill(chunk, rows, left);
      left -= rows.length;
    }
    const rest = (this.#rest = this.#drawRest());
    // After the frame that shows what is drawn by now.
    requestAnimationFrame(() => this.#goOn(rest));
  }

  /**
   * Takes the names of the slots that the page has filled. Other rows have none: with one in each of thousands, browsers
   * look through them all whenever one comes or goes.
   */
  fillSlots(names: Set<string>) {
    for (const name of names) {
      const row = this.rows.get(name.slice(5));
      if (!row || this.#slots.has(name)) continue;
      row.voice = undefined;
      this.#changed = true;
    }
    this.#slots = names;
  }

  /** The element of a row that is shown, drawn at the latest now. */
  reach(row: Row): HTMLElement {
    const find = () => this.#parts.find(([, rows]) => rows.includes(row));
    if (!find()) this.#arrange();
    this.#fill(...find()!);
    return row.element!;
  }

  /** Marks the chosen and the active row, by id, and no others. */
  mark(...ids: string[]) {
    for (const id of [...this.#marks, ...ids]) {
      const row = this.rows.get(id);
      const element = row?.element;
      if (!element) continue;
      const isActive = id === ids[1];
      element.setAttribute('aria-selected', `${id === ids[0]}`);
      element.part.toggle('current', id === ids[0]);
      element.toggleAttribute('data-active', isActive);
      // Browsers count those alone that are there by now, and may leave out what is out of sight.
      element.ariaPosInSet = isActive ? `${this.shown.indexOf(row) + 1}` : null;
      element.ariaSetSize = isActive ? `${this.shown.length}` : null;
    }
    this.#marks = ids;
  }

  /** Writes what is known of a room into its row, which is `size` high. */
  write(row: Row, size = sizeOf(row)) {
    const {room_id: id, name, settings} = row.room;
    const fresh = this.#blank.cloneNode(true) as HTMLElement;
    const element = (row.element ??= fresh);
    // Kept as high as it is, that nothing below it moves.
    if (size) element.style.blockSize ||= size;
    // Written anew: a name that makes room for another status would be taken for one that moved.
    if (element !== fresh) element.replaceChildren(...fresh.childNodes);
    element.id = `room-${id}`;
    const texts = [name, this.#status(row), settings.description ?? ''];
    for (const [at, text] of texts.entries()) element.children[at]!.textContent = text;
    const hasSlot = this.#slots.has(element.id);
    if (hasSlot) element.append(Object.assign(document.createElement('slot'), {name: element.id}));
    // What it would be called by its texts, which Firefox does not read out of sight.
    element.ariaLabel = hasSlot ? null : texts.filter(Boolean).join(' ');
    element.ariaDisabled = row.state === 'gone' ? 'true' : null;
    row.voice = this.#voice;
    if (this.#marks.includes(id)) this.mark(...this.#marks);
    this.written?.(row);
  }

  /** How many rows there are down to where one sees, in the near chunks; costs nothing before anything changes. */
  #fitting(): number {
    const {scrollTop, clientHeight} = this.#list ?? {scrollTop: 0, clientHeight: 0};
    return Math.min(Math.max(FIRST, Math.ceil((scrollTop + clientHeight) / LOW)), NEAR * CHUNK);
  }

  #stateOf({of, room, opensAt, endsAt}: Row, now: number): Row['state'] {
    if (of !== this.#rooms) return 'gone';
    if (opensAt! > now) return 'soon';
    if (room.isRoomActive) return 'live';
    return endsAt! <= now ? 'over' : 'open';
  }

  /** Sees to it that each group has the chunks it needs, the first `count` of them. */
  #arrange(count = Infinity) {
    this.#parts = [];
    this.#spare = [];
    for (const [at, rows] of Object.values(this.groups).entries()) {
      const group = this.#list!.children[at]!;
      const far = group.lastElementChild!;
      // Behind the heading.
      const chunks = [...[...group.children].slice(1, -1), ...far.children] as HTMLElement[];
      if (this.#isSought) for (const chunk of chunks) this.#stale.add(chunk);
      const needed = Math.ceil(rows.length / CHUNK);
      // All at once, which takes no longer than one.
      far.className = needed > NEAR ? '' : 'gone';
      for (let index = 0; index < Math.min(needed, count); index++) {
        const chunk = (chunks[index] ??= this.#emptyChunk.cloneNode() as HTMLElement);
        if (!chunk.parentNode) far[index < NEAR ? 'before' : 'append'](chunk);
        if (chunk.className === 'gone' || (index < NEAR && this.#stale.has(chunk))) chunk.className = 'blank';
        this.#parts.push([chunk, rows.slice(index * CHUNK, (index + 1) * CHUNK)]);
      }
      for (const chunk of chunks.slice(needed, count)) {
        chunk.className = 'gone';
        this.#stale.delete(chunk);
        this.#spare.push(chunk);
      }
    }
    this.#isSought = false;
  }

  /** Does some of the rest in each frame, so that what a person does meanwhile is heard. */
  #goOn(rest: Iterator<unknown>) {
    requestAnimationFrame(() => {
      const end = performance.now() + SLICE;
      while (rest === this.#rest && !rest.next().done) {
        if (performance.now() > end) return this.#goOn(rest);
      }
    });
  }

  *#drawRest(): Iterator<unknown> {
    yield this.#arrange();
    for (const chunk of this.#stale) yield (chunk.className = 'blank');
    for (const part of this.#parts) {
      yield this.#fill(...part);
      // While there is time, for the next search.
      part[1].forEach(textOf);
    }
    // The last first, so that those before it stay where they belong when this is cut short.
    while (this.#spare.length) yield this.#spare.pop()!.remove();
  }

  /** Puts the first `count` rows into a chunk, and nothing that is not to be in it. */
  #fill(chunk: HTMLElement, rows: Row[], count = CHUNK) {
    const due = rows.slice(0, count).filter(row => row.voice !== this.#voice);
    // Measured before any is written: in turns, all of them would be laid out for each.
    const sizes = due.map(sizeOf);
    for (const [at, row] of due.entries()) this.write(row, sizes[at]);
    const {children} = chunk;
    let right = 0;
    while (children[right] && children[right] === rows[right]?.element) right++;
    for (const other of [...children].slice(right)) other.remove();
    chunk.append(...rows.slice(right, count).map(row => row.element!));
    // One that is not full would be taken for higher than it is, and the first is what is seen first.
    const isLaid = !rows[CHUNK - 1] || chunk === this.#parts[0]![0];
    chunk.className = isLaid ? 'laid' : '';
    this.#stale.delete(chunk);
  }
}

/** How high a row is that says something else than when it was put in order. */
const sizeOf = ({reworded, element}: Row) => (reworded && element ? getComputedStyle(element).blockSize : '');

/** In the order in which they stand. */
const emptyGroups = (): Record<Group, Row[]> => ({live: [], open: [], soon: [], over: [], new: []});

/** Of thousands of rooms `count` that stand first, and one more if there is another group. */
function firstOf(rooms: Room[], now: number, count: number): Room[] {
  if (rooms.length < 500) return rooms;
  const first: Room[] = [];
  const isOpen = (room: Room, live: boolean) => !!room.isRoomActive === live && roomPhase(room, now) === 'open';
  for (const live of [true, false]) {
    for (const room of rooms) if (first.length < count && isOpen(room, live)) first.push(room);
  }
  if (first.length < count) return rooms;
  return [...first, rooms.find(room => !isOpen(room, !!first[0]!.isRoomActive)) ?? first[0]!];
}

/** A text as it is searched: without case and accents, `Straße` as `STRASSE`. Vowel signs of other scripts stay. */
export const fold = (text: string) =>
  text
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .toUpperCase();

/** What a row is searched by. */
export const textOf = (row: Row) => (row.text ??= fold(`${row.room.name} ${row.room.settings.description ?? ''}`));

/** What is shown of a room, of its settings. */
const SHOWN = ['description', 'mode', 'scheduled', 'scheduled_time', 'duration'] as const;

/** Whether two rooms are told apart by nothing that is shown of them. */
const looksAs = (one: Room, other: Room) =>
  one === other ||
  (one.name === other.name &&
    one.isRoomActive === other.isRoomActive &&
    SHOWN.every(key => one.settings[key] === other.settings[key]));
