import {html, nothing, render, type TemplateResult} from 'lit';
import type {Slots} from '../controllers/slots.js';
import type {Words} from '../locales/joining/joining.js';
import type {Room} from '../rooms/room.js';
import {emptyGroups, type Group, type Row} from './room-row.js';

/**
 * The rows of a listbox before `RoomList` is loaded, and if it cannot be: all rooms in the order of the answer, each with its
 * name and its description. Rows are written by hand, because a template for each row costs more than the row itself.
 */
export class PlainList {
  /** Every room by id, also those that are no longer listed. */
  rows = new Map<string, Row>();
  /** The rows that are shown, by group. */
  groups = emptyGroups();
  /** The rows that are shown, in order. */
  shown: Row[] = [];
  /** Whether there was more than one group when the list was sorted. */
  headed = false;

  protected slots: Slots;
  /** Ids of the chosen and the active row. */
  protected marks: string[] = [];
  protected emptyChunk: HTMLElement;
  #blank: HTMLElement;
  #taken?: Room[] | undefined;
  #chunk?: HTMLElement | undefined;

  /** @param slots - The slots that the page has filled. */
  constructor(slots: Slots) {
    this.slots = slots;
    const made = document.createElement('div');
    render(
      html`<div part="rows" class="blank"></div>
        <li part="room" role="option" aria-selected="false">
          <bdi part="name"></bdi> <span part="status"></span> <bdi part="description"></bdi>
        </li>`,
      made,
    );
    [this.emptyChunk, this.#blank] = made.children as unknown as [HTMLElement, HTMLElement];
  }

  /** Takes the rooms to show; undefined if none are loaded. */
  take(rooms: Room[] | undefined) {
    if (rooms === this.#taken) return;
    this.#taken = rooms;
    this.rows = new Map(rooms?.map(room => [room.room_id, {room, group: 'open'}]));
    this.groups.open = this.shown = [...this.rows.values()];
    this.#chunk?.remove();
    this.#chunk = undefined;
  }

  /** The content of the listbox: the groups, each with its heading and a box for what is farther down. */
  renderGroups(words: Words): TemplateResult[] {
    return (Object.entries(this.groups) as [Group, Row[]][]).map(([name, rows]) => {
      const isHeaded = this.headed || name === 'new';
      return html`<div part="group" role="group" aria-labelledby=${isHeaded ? name : nothing} ?hidden=${!rows.length}>
        <div part="heading" id=${name} ?hidden=${!isHeaded} .textContent=${words.groups[name]}></div>
        <div></div>
      </div>`;
    });
  }

  /** Draws the rows into the rendered groups of `list`. `marks`: the ids of the chosen and the active row. */
  draw(list: Element, ...marks: string[]) {
    if (!this.#chunk) {
      const {filled} = this.slots;
      this.#chunk = this.emptyChunk.cloneNode() as HTMLElement;
      this.#chunk.className = '';
      for (const row of this.shown) {
        row.element = this.make(row, ['', row.room.settings.description ?? ''], filled);
        this.#chunk.appendChild(row.element);
      }
    }
    const group = list.children[1]!;
    if (this.#chunk.parentNode !== group) group.insertBefore(this.#chunk, group.lastElementChild);
    this.mark(...marks);
  }

  /** The element of a row that is shown. */
  reach(row: Row): HTMLElement {
    return row.element!;
  }

  /** Marks the chosen and the active row, in this order, by id, and no others. */
  protected mark(...ids: string[]) {
    for (const id of [...this.marks, ...ids]) {
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
    this.marks = ids;
  }

  /**
   * Makes the element of a row.
   *
   * @param more - The text at the end of the row, and the one below its name.
   * @param filled - Names of the slots that the page has filled. Other rows get no slot: with thousands of slots, browsers go
   *   through all of them whenever one is added or removed.
   */
  protected make({room}: Row, more: readonly string[], filled: Set<string>): HTMLElement {
    const element = this.#blank.cloneNode(true) as HTMLElement;
    element.id = `room-${room.room_id}`;
    const texts = [room.name, ...more];
    texts.forEach((text, at) => (element.children[at]!.textContent = text));
    const hasSlot = filled.has(element.id);
    if (hasSlot) element.appendChild(Object.assign(document.createElement('slot'), {name: element.id}));
    // The same name that the texts give, because Firefox does not compute it out of sight.
    element.ariaLabel = hasSlot ? null : texts.filter(Boolean).join(' ');
    return element;
  }
}
