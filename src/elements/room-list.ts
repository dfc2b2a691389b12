import {html, render} from 'lit';
import type {Room} from '../rooms/room.js';
import {joinWindow} from '../rooms/times.js';
import {emptyGroups, firstOf, looksLike, type Group, type Row} from './room-row.js';
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

/**
 * The rows of a listbox. All of them are in the page, for "find in page", print and screen readers, but in chunks that the
 * browser skips while they are out of sight. Only the rows in view are drawn at once, the rest in later frames. Rows are
 * written by hand, because a template for each row costs more than the row itself.
 *
 * Rooms change, open and disappear, but their rows stay in place until the list is sorted again.
 */
export class RoomList {
  /** Every room by id, also those that are no longer listed. */
  rows = new Map<string, Row>();
  /** The rows that are shown, by group. */
  groups = emptyGroups();
  /** The rows that are shown, in order. */
  shown: Row[] = [];
  /** Whether there was more than one group when the list was sorted. */
  headed = false;
  /** When the next room opens or ends, in epoch ms. Until then no state changes. */
  until = 0;

  /** Called with each row that was written. */
  written?: (row: Row) => void;
  /** Finds rows for a query, once it is loaded. */
  search?: Pick<RoomSearch, 'finds' | 'prepare'>;

  #texts: (row: Row) => readonly [status: string, description: string];
  #rooms: Room[] = [];
  /** The rows of the listed rooms, in the order of the answer. */
  #listed: Row[] = [];
  #query = '';
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
  /** Ids of the chosen and the active row. */
  #marks: string[] = [];
  /** Names of the slots that the page has filled. */
  #slots = new Set<string>();
  #emptyChunk: Element;
  #blank: Element;

  /**
   * @param texts - Returns the text at the end of a row, and the one below its name.
   */
  constructor(texts: (row: Row) => readonly [status: string, description: string]) {
    this.#texts = texts;
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
   * Replaces the rooms, and returns whether it took all of them. If the list is empty and there is no query, it takes only
   * the first of thousands. A room that looks the same keeps its row.
   */
  take(all: Room[], now: number): boolean {
    const rooms = this.shown.length || this.#query ? all : firstOf(all, now, this.#fitting());
    this.#rooms = rooms;
    this.#listed = [];
    this.until = 0;
    for (const room of rooms) {
      const known = this.rows.get(room.room_id);
      // A room that is listed twice gets one row.
      if (known?.of === rooms) continue;
      const row: Row = known ?? {room, of: rooms};
      if (!known || !looksLike(known.room, room)) {
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
   * Finds the rows to show at `now` (epoch ms). The list is sorted if `anew` is set, if the query changed, or if nothing was
   * shown before. Otherwise only the texts of rows change, and new rooms are added at the end.
   */
  find(query: string, now: number, anew = false) {
    anew ||= query !== this.#query || !this.shown.length;
    if (!anew && now < this.until) return;
    if (anew) {
      // Removed only here: going through thousands of rows takes as long as drawing those in view.
      if (this.rows.size > this.#listed.length) this.rows = new Map(this.#listed.map(row => [row.room.room_id, row]));
      this.groups = emptyGroups();
    }
    this.#first = this.#fitting();
    this.#isSought ||= query !== this.#query;
    this.#query = query;
    this.#changed = true;
    const isFound = query ? this.search!.finds(query) : () => true;
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

  /**
   * Draws the found rows into `list`. It has one child for each group, and each of those a heading and a box for the chunks
   * farther down. `voice` stands for the language and the day: if it changes, all rows are written again.
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
    // After the frame that shows what is drawn so far.
    inFrame(this.#list!, () => this.#goOn(rest));
  }

  /**
   * Sets the names of the slots that the page has filled. Other rows get no slot: with thousands of slots, browsers go
   * through all of them whenever one is added or removed.
   */
  fillSlots(names: Set<string>) {
    for (const name of new Set([...names, ...this.#slots])) {
      const row = this.rows.get(name.slice(5));
      if (!row || names.has(name) === this.#slots.has(name)) continue;
      row.voice = undefined;
      this.#changed = true;
    }
    this.#slots = names;
  }

  /** The element of a row that is shown; draws it first if needed. */
  reach(row: Row): HTMLElement {
    const find = () => this.#parts.find(([, rows]) => rows.includes(row));
    if (!find()) this.#arrange();
    this.#fill(...find()!);
    return row.element!;
  }

  /** Marks the chosen and the active row, in this order, by id, and no others. */
  mark(...ids: string[]) {
    for (const id of [...this.#marks, ...ids]) {
      const row = this.rows.get(id);
      const element = row?.element;
      if (!element) continue;
      const isActive = id === ids[1];
      element.setAttribute('aria-selected', `${id === ids[0]}`);
      element.setAttribute('part', id === ids[0] ? 'room current' : 'room');
      element.toggleAttribute('data-active', isActive);
      // Set here because browsers count only the rows drawn so far, and may leave out those out of sight.
      element.ariaPosInSet = isActive ? `${this.shown.indexOf(row) + 1}` : null;
      element.ariaSetSize = isActive ? `${this.shown.length}` : null;
    }
    this.#marks = ids;
  }

  /** Writes a room into its row. `size`: the height to keep, in CSS; empty if it may change. */
  write(row: Row, size = sizeOf(row)) {
    const {room_id: id, name} = row.room;
    const fresh = this.#blank.cloneNode(true) as HTMLElement;
    const element = (row.element ??= fresh);
    // The row keeps its height, so nothing below it moves.
    if (size) element.style.blockSize ||= size;
    // All children are replaced: a name that shrinks for a longer status would count as a layout shift.
    if (element !== fresh) element.replaceChildren(...fresh.childNodes);
    element.id = `room-${id}`;
    const texts = [name, ...this.#texts(row)];
    texts.forEach((text, at) => (element.children[at]!.textContent = text));
    const hasSlot = this.#slots.has(element.id);
    if (hasSlot) element.appendChild(Object.assign(document.createElement('slot'), {name: element.id}));
    // The same name that the texts give, because Firefox does not compute it out of sight.
    element.ariaLabel = hasSlot ? null : texts.filter(Boolean).join(' ');
    element.ariaDisabled = row.state === 'gone' ? 'true' : null;
    row.voice = this.#voice;
    if (this.#marks.includes(id)) this.mark(...this.#marks);
    this.written?.(row);
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
        const chunk = (chunks[index] ??= this.#emptyChunk.cloneNode() as HTMLElement);
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
    inFrame(this.#list!, () => {
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
      part[1].forEach(row => this.search?.prepare(row));
    }
    // From the last one, so the others stay in place if this is interrupted.
    while (this.#spare.length) yield this.#spare.pop()!.remove();
  }

  /** Puts the first `count` rows into a chunk and removes everything else from it. */
  #fill(chunk: HTMLElement, rows: Row[], count = CHUNK) {
    const due = rows.slice(0, count).filter(row => row.voice !== this.#voice);
    // All are measured before any is written, or each measurement would lay out all of them.
    const sizes = due.map(sizeOf);
    due.forEach((row, at) => this.write(row, sizes[at]));
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
export function inFrame(element: Element, work: () => void) {
  (element.ownerDocument.defaultView?.requestAnimationFrame ?? setTimeout)(work);
}

/** The height of a row that looks different from when the list was sorted; empty for others. */
const sizeOf = ({reworded, element}: Row) => (reworded && element ? getComputedStyle(element).blockSize : '');
