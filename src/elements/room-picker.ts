import {css, html, LitElement, nothing, type PropertyValues} from 'lit';
import {property, state} from 'lit/decorators.js';
import {Language} from '../controllers/language.js';
import {LoadController} from '../controllers/load.js';
import {Source} from '../controllers/source.js';
import {words} from '../locales/words.js';
import type {Rooms} from '../rooms/rooms.js';
import {clockOf, joinWindow, roomPhase} from '../rooms/rules.js';
import type {Room} from '../rooms/schema.js';
import {tokens} from '../styles/tokens.js';
import {RoomErrorEvent, RoomSelectEvent} from './events.js';

/**
 * The rooms a visitor may join, searchable; one can be chosen. Form-associated: its value is the room's `room_id`.
 *
 * @fires room-select - A person chose a room; cancel it to keep the old choice.
 * @fires room-error - Loading failed; cancel it and the element shows nothing itself.
 * @csspart search - The search field.
 * @csspart list - The box that holds the rooms, or what is said instead of them.
 * @csspart room - One room; also `current` when it is chosen.
 * @csspart name - A room's name.
 * @csspart description - A room's description.
 * @csspart status - Whether a room is live, when it opens, that it is over.
 * @csspart failure - What is said when loading failed.
 * @csspart retry - The button that loads again.
 * @cssprop [--room-list-size=20rem] - Height of the list, the same in every state.
 */
export class RoomPicker extends LitElement {
  static readonly formAssociated = true;
  static override shadowRootOptions: ShadowRootInit = {mode: 'open', delegatesFocus: true};

  static override styles = [
    tokens,
    css`
      div,
      ul {
        border: 1px solid var(--_raised);
        background: var(--_surface);
        color: inherit;
        block-size: var(--room-list-size, 20rem);
        padding: var(--_space);
        overflow: auto;
        list-style: none;
      }
      div {
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
        grid-template-columns: 1fr auto;
        column-gap: calc(3 * var(--_space));
        align-items: center;
        min-block-size: max(24px, calc(15 * var(--_space)));
        border: 1px solid transparent;
        border-radius: calc(var(--room-radius, 10px) - var(--_space));
        padding: calc(2 * var(--_space)) calc(3 * var(--_space));
        cursor: pointer;
        overflow-wrap: anywhere;
        /* Marks piled on a letter stay in their own row. */
        overflow: clip;
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
      li > :first-child {
        font-weight: 600;
      }
      span + span {
        color: var(--_muted);
        font-size: 0.875em;
      }
      li > :nth-child(2) {
        grid-area: 1 / 2 / span 2;
      }
      ul:focus-visible [data-active] {
        outline: 2px solid var(--_accent);
        outline-offset: -2px;
      }
      [aria-busy] {
        background: linear-gradient(var(--_raised) 92%, transparent 0) 0 0 / 100% calc(15 * var(--_space)) content-box;
      }
      [role='status'] {
        position: absolute;
        clip-path: inset(50%);
      }
    `,
  ];

  /** Address of the token proxy. */
  @property() endpoint = '';
  /** A signed permission for the token proxy. */
  @property() grant = '';
  /** Any `Rooms` to list instead of the proxy's; overrides `endpoint`. */
  @property({attribute: false}) rooms?: Rooms;
  /** The `room_id` of the chosen room; empty when none is. */
  @property() value = '';
  /** Name of the field in a form. */
  @property({reflect: true}) name = '';
  /** A form with this element asks for a choice. */
  @property({type: Boolean, reflect: true}) required = false;
  /** No room can be chosen. */
  @property({type: Boolean}) disabled = false;
  /** Leaves the search field out. */
  @property({type: Boolean, attribute: 'no-search'}) noSearch = false;
  /** Seconds between loads, at least 5; pauses while the page is hidden. Absent: loaded once. */
  @property({type: Number}) refresh = 0;

  /** Shows how many people are in each live room, where the visitor may know. */
  @property({type: Boolean, attribute: 'show-users'}) showUsers = false;

  @state() private query = '';
  @state() private active = '';
  /** How many people are in a room, by room_id. */
  @state() private inside: Record<string, number> = {};
  /** By this element's own attribute or a fieldset around it. */
  @state() private off = false;

  /** Where the rooms come from; a button tied to this element joins through it too. */
  readonly source = new Source(this);

  #list = new LoadController<Room[]>(this, error => this.dispatchEvent(new RoomErrorEvent(error, 'list')));
  #language = new Language(this, words);
  #internals = this.attachInternals();
  #timer?: ReturnType<typeof setInterval>;
  #initial?: string;

  /** The chosen room, once it is loaded. */
  get room(): Room | undefined {
    return this.#find(this.value);
  }

  get #rooms(): Room[] {
    return this.#list.state.status === 'loaded' ? this.#list.state.value : [];
  }

  override connectedCallback() {
    super.connectedCallback();
    this.#initial ??= this.value;
    this.#schedule();
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    const elsewhere = changed.has('endpoint') || changed.has('grant') || changed.has('rooms');
    if (elsewhere || changed.has('showUsers')) void this.reload();
    if (changed.has('refresh')) this.#schedule();
    // Reflected before it renders: the browser answers at once whether a fieldset around says otherwise.
    if (changed.has('disabled')) this.toggleAttribute('disabled', this.disabled);
  }

  protected override updated() {
    const valueMissing = this.required && !this.value;
    this.#internals.setFormValue(this.value || null);
    this.#internals.setValidity({valueMissing}, valueMissing ? this.#language.words.chooseFirst : '', this);
  }

  /** Loads the rooms again. With `quiet` the list stays in place meanwhile, and when it fails. */
  reload(options?: {quiet?: boolean}): Promise<void> {
    return this.#list.run(async signal => {
      const rooms = await this.source.rooms.list({signal});
      if (this.showUsers) void this.#count(rooms);
      return rooms;
    }, options);
  }

  /** One room after the other, and live ones only: nobody is in the others. */
  async #count(rooms: Room[]) {
    for (const {room_id: id} of rooms.filter(room => room.isRoomActive)) {
      if (!this.isConnected) return;
      const users = await this.source.rooms.users(id).catch(() => undefined);
      // A visitor who may not know sees that the room is live, as without asking.
      if (!users) return;
      this.inside = {...this.inside, [id]: users.length};
    }
  }

  formResetCallback() {
    this.value = this.#initial!;
  }

  formDisabledCallback(disabled: boolean) {
    this.off = disabled;
  }

  formStateRestoreCallback(value: string) {
    this.value = value;
  }

  override render() {
    const {words} = this.#language;
    const query = fold(this.query);
    const shown = this.#rooms.filter(({name, settings}) =>
      fold(`${name} ${settings.description ?? ''}`).includes(query),
    );
    const message = this.#message(shown);
    return html`${
        this.noSearch
          ? nothing
          : html`<input
              part="search"
              type="search"
              autocomplete="off"
              placeholder=${words.search}
              aria-label=${words.search}
              .value=${this.query}
              ?disabled=${this.off}
              @input=${this.#onSearch}
              @keydown=${this.#onSearchKey}
            />`
      }
      ${shown.length ? this.#renderList(shown) : this.#renderMessage(message)}
      <p role="status">${message || (query && words.found(shown.length))}</p>`;
  }

  /** What is said instead of rooms, in sight and to a screen reader. */
  #message(shown: Room[]): string {
    const {words} = this.#language;
    const {state} = this.#list;
    if (state.status === 'loading') return words.loading;
    if (state.status === 'failed') return words.failures[state.error.code];
    if (state.status === 'idle' || shown.length) return '';
    return this.query ? words.noMatch(this.query) : words.empty;
  }

  #renderMessage(message: string) {
    switch (this.#list.state.status) {
      case 'loading':
        return html`<div part="list" aria-busy="true"></div>`;
      case 'failed':
        return html`<div part="list failure">
          <p>${message}</p>
          <button part="retry" @click=${this.#onRetry}>${this.#language.words.retry}</button>
        </div>`;
      default:
        return html`<div part="list empty"><p>${message}</p></div>`;
    }
  }

  #renderList(shown: Room[]) {
    const active = this.#activeOf(shown);
    return html`<ul
      part="list"
      role="listbox"
      tabindex="0"
      aria-label=${this.#language.words.rooms}
      aria-disabled=${this.off}
      aria-required=${this.required}
      aria-activedescendant="room-${active.room_id}"
      @keydown=${(event: KeyboardEvent) => this.#onKey(event, shown)}
    >
      ${shown.map(room => this.#renderRoom(room, room === active))}
    </ul>`;
  }

  #renderRoom(room: Room, active: boolean) {
    const {room_id, name, settings} = room;
    const current = room_id === this.value;
    return html`<li
      part="room ${current ? 'current' : ''}"
      role="option"
      id="room-${room_id}"
      aria-selected=${current}
      ?data-active=${active}
      @click=${() => this.#choose(room)}
    >
      <span part="name"><bdi>${name}</bdi></span>
      <span part="status">${this.#status(room)}</span>
      <span part="description"><bdi>${settings.description}</bdi></span>
    </li>`;
  }

  #status(room: Room): string {
    const {words} = this.#language;
    const now = clockOf(this.source.rooms);
    const phase = roomPhase(room, now);
    if (phase === 'early') return words.opens(this.#language.time(joinWindow(room)!.opensAt, now));
    if (phase === 'over') return words.over;
    if (room.isRoomActive) return words.inside(this.inside[room.room_id]);
    return room.settings.mode === 'lecture' ? words.kinds.lecture : '';
  }

  #find(id: string, rooms = this.#rooms): Room | undefined {
    return rooms.find(room => room.room_id === id);
  }

  /** The room the keyboard is at: where it was last, else the chosen one, else the first. */
  #activeOf(shown: Room[]): Room {
    return this.#find(this.active, shown) ?? this.#find(this.value, shown) ?? shown[0]!;
  }

  #choose(room: Room) {
    this.active = room.room_id;
    if (this.off || this.active === this.value) return;
    if (this.dispatchEvent(new RoomSelectEvent(room))) this.value = room.room_id;
  }

  #onKey(event: KeyboardEvent, shown: Room[]) {
    const at = shown.indexOf(this.#activeOf(shown));
    const steps: Record<string, number> = {
      ArrowDown: 1,
      ArrowUp: -1,
      PageDown: 5,
      PageUp: -5,
      Home: -at,
      End: shown.length,
      Enter: 0,
      ' ': 0,
    };
    const step = steps[event.key];
    if (step === undefined || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const room = shown[Math.min(Math.max(at + step, 0), shown.length - 1)]!;
    if (/^(Enter| )$/.test(event.key)) return this.#choose(room);
    this.active = room.room_id;
    this.renderRoot.querySelector(`#room-${this.active}`)!.scrollIntoView({block: 'nearest'});
  }

  #onSearch(event: InputEvent) {
    this.query = (event.target as HTMLInputElement).value;
  }

  #onSearchKey(event: KeyboardEvent) {
    if (event.key !== 'ArrowDown') return;
    event.preventDefault();
    this.renderRoot.querySelector('ul')?.focus();
  }

  async #onRetry() {
    await this.reload();
    await this.updateComplete;
    // The button that had the focus is gone; the keyboard should not be thrown back to the top of the page with it.
    (this.renderRoot.querySelector<HTMLElement>('ul, div button') ?? this).focus();
  }

  #schedule() {
    clearInterval(this.#timer);
    if (!this.refresh) return;
    const load = () => document.hidden || void this.reload({quiet: true});
    this.#timer = setInterval(load, Math.max(this.refresh, 5) * 1000);
  }
}

/** A text as it is searched: without case and accents. */
const fold = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

declare global {
  interface HTMLElementTagNameMap {
    'room-picker': RoomPicker;
  }
}
