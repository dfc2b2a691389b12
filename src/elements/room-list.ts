import type {LitElement, ReactiveController} from 'lit';
import type {Language} from '../controllers/language.js';
import type {Slots} from '../controllers/slots.js';
import type {Room} from '../rooms/room.js';
import type {Rooms} from '../rooms/rooms.js';
import {joinWindow, roomPhase} from '../rooms/times.js';
import {PlainList} from './plain-list.js';
import {looksLike, type RoomDetails} from './room-details.js';
import {emptyGroups, type Group, type Row} from './room-row.js';
import type {RoomSearch} from './room-search.js';

/** The smallest number of rows that are drawn at once. */
const FIRST = 8;
/** The smallest height of a row, in px. */
const LOW = 40;
/** Rows in a chunk. */
const CHUNK = 50;
/** Chunks of a group that are arranged at once; the others are below what is in view. */
const NEAR = 2;
/** How long to draw in each later frame, in ms. */
const SLICE = 8;

interface Host extends LitElement {
  endpoint: string;
  rooms?: Rooms | undefined;
  showUsers: boolean;
  readonly source: {readonly now: number};
}

/**
 * The rows of a listbox, by groups. All of them are in the page, for "find in page", print and screen readers, but in chunks
 * that the browser skips while they are out of sight. Only the rows in view are drawn at once, the rest in later frames.
 *
 * Rooms change, open and disappear, but their rows stay in place until the list is sorted again: by a search, and when it
 * loads anew or becomes visible again.
 */
export class RoomList extends PlainList implements ReactiveController {
  /** How many rooms there were when the list was sorted. */
  length = 0;

  #host: Host;
  #language: Language;
  #search: RoomSearch;
  #details: RoomDetails;
  #connected?: AbortController;
  /** Nobody has seen the order of the rooms yet, so it may change. */
  #unseen = true;
  /** The rooms that the list has; null if it has only the first of them so far. */
  #taken?: Room[] | null | undefined;
  /** Where they came from. */
  #place?: Rooms | string;
  #rooms: Room[] = [];
  /** The rows of the listed rooms, in the order of the answer. */
  #listed: Row[] = [];
  #query = '';
  /** When the next room opens or ends, in epoch ms. Until then no state changes. */
  #until = 0;
  #tick?: ReturnType<typeof setTimeout>;
  /** How many rows to draw at once. */
  #first = FIRST;
  /** Whether there is something new to draw. */
  #changed = false;
  /** Where the list was drawn last, and in which voice. */
  #list?: Element;
  #voice?: string;
  /** The needed chunks in order, each with its rows. */
  #parts: [chunk: HTMLElement, rows: Row[]][] = [];
  /** Chunks that are no longer needed. */
  #spare: Element[] = [];
  /** Draws the rest, step by step. */
  #rest?: Iterator<unknown>;
  /** Whether the query changed since the chunks were arranged. */
  #isSought = false;
  /** Chunks that still show the result of an earlier query. */
  #stale = new Set<HTMLElement>();
  /** Names of the slots that the page has filled. */
  #filled = new Set<string>();

  /** @param slots - The slots that the page has filled. */
  constructor(host: Host, slots: Slots, language: Language, search: RoomSearch, details: RoomDetails) {
    super(slots);
    this.#host = host;
    this.#language = language;
    this.#search = search;
    this.#details = details;
    host.addController(this);
  }

  /** Goes on with another list of the same rooms. Its rows stay where they are. */
  adopt({rows, groups, shown}: PlainList) {
    this.rows = rows;
    this.groups = groups;
    this.shown = shown;
    this.#place = this.#host.rooms ?? this.#host.endpoint;
    this.#unseen = !shown.length;
  }

  hostConnected() {
    const {signal} = (this.#connected = new AbortController());
    const page = this.#host.ownerDocument;
    const appear = () => {
      if (page.hidden) return;
      this.#unseen = true;
      this.#host.requestUpdate();
    };
    page.addEventListener('visibilitychange', appear, {signal});
    appear();
  }

  hostDisconnected() {
    this.#connected?.abort();
    clearTimeout(this.#tick);
  }

  /** Takes the rooms to show, and updates their rows to the present time. */
  override take(rooms: Room[] | undefined) {
    const {rooms: own, endpoint, source} = this.#host;
    const query = this.#search.query.trim();
    const now = rooms ? source.now : 0;
    if (rooms !== this.#taken) {
      // The order of rooms from elsewhere is new. A renewed grant changes no order.
      const place = own ?? endpoint;
      this.#unseen ||= place !== this.#place;
      this.#place = place;
      const isAll = this.#receive(rooms ?? [], now);
      this.#taken = isAll ? rooms : null;
      // The others follow after the first ones are painted.
      if (!isAll) inFrame(this.#host, () => inFrame(this.#host, () => this.#host.requestUpdate()));
    }
    if (rooms && this.#unseen && !query) this.length = rooms.length;
    // While the list loads again nothing is known, so no room counts as removed.
    this.#find(query, now, this.#unseen || !rooms);
    this.#unseen = !this.#taken;
  }

  /**
   * Replaces the rooms, and returns whether it took all of them. If the list is empty and there is no query, it takes only
   * the first of thousands. A room that looks the same keeps its row.
   */
  #receive(all: Room[], now: number): boolean {
    const rooms = this.shown.length || this.#query ? all : firstOf(all, now, this.#fitting());
    this.#rooms = rooms;
    this.#listed = [];
    this.#until = 0;
    for (const room of rooms) {
      const known = this.rows.get(room.room_id);
      // A room that is listed twice gets one row.
      if (known?.of === rooms) continue;
      const row: Row = known ?? {room, of: rooms};
      if (!known?.of || !looksLike(known.room, room)) {
        const {opensAt, endsAt} = joinWindow(room) ?? {};
        row.opensAt = Number(opensAt);
        row.endsAt = Number(endsAt);
        row.reworded = !!known?.element;
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
   * Finds the rows to show at `now` (epoch ms). The list is sorted if `anew` is set, if the query changed, or if nothing was
   * shown before. Otherwise only the texts of rows change, and new rooms are added at the end.
   */
  #find(query: string, now: number, anew: boolean) {
    anew ||= query !== this.#query || !this.shown.length;
    if (!anew && now < this.#until) return;
    if (anew) {
      // Removed only here: going through thousands of rows takes as long as drawing those in view.
      if (this.rows.size > this.#listed.length) this.rows = new Map(this.#listed.map(row => [row.room.room_id, row]));
      this.groups = emptyGroups();
    }
    this.#first = this.#fitting();
    this.#isSought ||= query !== this.#query;
    this.#query = query;
    this.#changed = true;
    const isFound = query ? this.#search.finds(query) : () => true;
    const isPast = now >= this.#until;
    if (isPast) this.#until = Infinity;
    for (const row of anew ? this.#listed : this.rows.values()) {
      const {opensAt, endsAt, state, group} = row;
      if (isPast) {
        row.state = this.#stateOf(row, now);
        const next = opensAt! > now ? opensAt : endsAt;
        if (next! > now && next! < this.#until) this.#until = next!;
      }
      const stands = group && !anew;
      if (!stands) {
        row.group = anew ? (row.state as Group) : 'new';
        if (row.reworded && row.element) row.element.style.blockSize = '';
        row.reworded = false;
      }
      if (state !== row.state || group !== row.group) row.voice = undefined;
      if (!stands && isFound(row)) this.groups[row.group!].push(row);
    }
    const all = Object.values(this.groups);
    if (anew) {
      this.groups.soon.sort((one, other) => one.opensAt! - other.opensAt!);
      this.headed = all.filter(rows => rows.length).length > 1;
    }
    // `flat` is ten times slower.
    this.shown = ([] as Row[]).concat(...all);
  }

  override draw(list: Element, ...marks: string[]) {
    const {source, showUsers} = this.#host;
    const {now} = source;
    this.mark(...marks);
    this.#fillSlots(this.slots.filled);
    clearTimeout(this.#tick);
    this.#tick = setTimeout(() => this.#host.requestUpdate(), Math.min(this.#until - now, 60_000));
    // If the language or the day changes, all rows are written again.
    const voice = [this.#language.tag, this.#details.tag, new Date(now).toDateString(), showUsers].join();
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
    // After the frame that shows what is drawn so far.
    inFrame(this.#host, () => this.#goOn(rest));
  }

  /**
   * Sets the names of the slots that the page has filled. Other rows get no slot: with thousands of slots, browsers go
   * through all of them whenever one is added or removed.
   */
  #fillSlots(names: Set<string>) {
    for (const name of new Set([...names, ...this.#filled])) {
      const row = this.rows.get(name.slice(5));
      if (!row || names.has(name) === this.#filled.has(name)) continue;
      row.voice = undefined;
      this.#changed = true;
    }
    this.#filled = names;
  }

  /** The element of a row that is shown; draws it first if needed. */
  override reach(row: Row): HTMLElement {
    const find = () => this.#parts.find(([, rows]) => rows.includes(row));
    if (!find()) this.#arrange();
    this.#fill(...find()!);
    return row.element!;
  }

  /** Writes a room into its row. `size`: the height to keep, in CSS; empty if it may change. */
  #write(row: Row, size = sizeOf(row)) {
    const texts = this.#details.texts(row, this.#language.words, this.headed, this.#host.source.now);
    const fresh = this.make(row, texts, this.#filled);
    const element = (row.element ??= fresh);
    // The row keeps its height, so nothing below it moves.
    if (size) element.style.blockSize ||= size;
    if (element !== fresh) {
      // All children are replaced: a name that shrinks for a longer status would count as a layout shift.
      element.replaceChildren(...fresh.childNodes);
      element.ariaLabel = fresh.ariaLabel;
    }
    element.ariaDisabled = row.state === 'gone' ? 'true' : null;
    row.voice = this.#voice;
    if (this.marks.includes(row.room.room_id)) this.mark(...this.marks);
    this.#details.draw(row);
  }

  /** The number of rows down to the end of the view, in the near chunks. Costs no layout before anything changes. */
  #fitting(): number {
    const {scrollTop = 0, parentElement} = this.#list ?? {};
    // The list is only as tall as its rows. What is around it has the height that they may take.
    const {clientHeight = 0} = parentElement ?? {};
    return Math.min(Math.max(FIRST, Math.ceil((scrollTop + clientHeight) / LOW)), NEAR * CHUNK);
  }

  #stateOf({of, room, opensAt, endsAt}: Row, now: number): Row['state'] {
    if (of !== this.#rooms) return 'gone';
    if (opensAt! > now) return 'soon';
    if (room.isRoomActive) return 'live';
    return endsAt! <= now ? 'over' : 'open';
  }

  /** Gives each group the chunks it needs, up to `count` per group. */
  #arrange(count = Infinity) {
    this.#parts = [];
    this.#spare = [];
    Object.values(this.groups).forEach((rows, at) => {
      const group = this.#list!.children[at]!;
      const far = group.lastElementChild!;
      // The chunks after the heading, and those in the box.
      const chunks = [...[...group.children].slice(1, -1), ...far.children] as HTMLElement[];
      if (this.#isSought) for (const chunk of chunks) this.#stale.add(chunk);
      const needed = Math.ceil(rows.length / CHUNK);
      // Hiding the whole box takes no longer than hiding one chunk.
      far.className = needed > NEAR ? '' : 'gone';
      for (let index = 0; index < Math.min(needed, count); index++) {
        const chunk = (chunks[index] ??= this.emptyChunk.cloneNode() as HTMLElement);
        // Methods of nodes only: other scripts give elements a `before` and an `append` of their own.
        if (!chunk.parentNode) {
          if (index < NEAR) group.insertBefore(chunk, far);
          else far.appendChild(chunk);
        }
        if (chunk.className === 'gone' || (index < NEAR && this.#stale.has(chunk))) chunk.className = 'blank';
        this.#parts.push([chunk, rows.slice(index * CHUNK, (index + 1) * CHUNK)]);
      }
      for (const chunk of chunks.slice(needed, count)) {
        chunk.className = 'gone';
        this.#stale.delete(chunk);
        this.#spare.push(chunk);
      }
    });
    this.#isSought = false;
  }

  /** Draws some of the rest in each frame, so the page keeps responding to input. */
  #goOn(rest: Iterator<unknown>) {
    inFrame(this.#host, () => {
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
      // Prepares the texts for the next search while there is time.
      part[1].forEach(row => this.#search.prepare(row));
    }
    // From the last one, so the others stay in place if this is interrupted.
    while (this.#spare.length) yield this.#spare.pop()!.remove();
  }

  /** Puts the first `count` rows into a chunk and removes everything else from it. */
  #fill(chunk: HTMLElement, rows: Row[], count = CHUNK) {
    const due = rows.slice(0, count).filter(row => row.voice !== this.#voice);
    // All are measured before any is written, or each measurement would lay out all of them.
    const sizes = due.map(sizeOf);
    due.forEach((row, at) => this.#write(row, sizes[at]));
    const {children} = chunk;
    let right = 0;
    while (children[right] && children[right] === rows[right]?.element) right++;
    for (const other of [...children].slice(right)) other.remove();
    rows.slice(right, count).forEach(({element}) => chunk.appendChild(element!));
    // The estimated height is too large for a chunk that is not full; the first chunk is in view anyway.
    const isLaid = !rows[CHUNK - 1] || chunk === this.#parts[0]![0];
    chunk.className = isLaid ? 'laid' : '';
    this.#stale.delete(chunk);
  }
}

/** Frames of the window that shows an element: the one that loaded this module may be hidden. Simulated pages have none. */
function inFrame(element: Element, work: () => void) {
  (element.ownerDocument.defaultView?.requestAnimationFrame ?? setTimeout)(work);
}

/** The height of a row that looks different from when the list was sorted; empty for others. */
const sizeOf = ({reworded, element}: Row) => (reworded && element ? getComputedStyle(element).blockSize : '');

/** For 500 rooms and more, the first `count` in the order of the list, and one of another group if there is one. */
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
