import {html, LitElement, nothing, type PropertyValues} from 'lit';
import {property, state} from 'lit/decorators.js';
import type {Inside} from '../controllers/inside.js';
import {Language} from '../controllers/language.js';
import {LoadController} from '../controllers/load.js';
import {Source} from '../controllers/source.js';
import {words} from '../locales/joining/joining.js';
import type {Rooms} from '../rooms/rooms.js';
import type {Room} from '../rooms/schema.js';
import {clockOf} from '../rooms/times.js';
import {tokens} from '../styles/tokens.js';
import {RoomErrorEvent, RoomSelectEvent} from './events.js';
import {fold, RoomList, textOf, type Group, type Row} from './room-list.js';
import {rows} from './room-rows.js';

/**
 * The rooms a visitor may join, searchable; one can be chosen. Form-associated: its value is the room's `room_id`.
 *
 * While somebody looks at it no row moves, whatever rooms do: their words change in place, new rooms stand at the end, those
 * that are gone stay and cannot be chosen. They are put in order anew by a search and by `reload()`, and when the element
 * or its page comes back into sight.
 *
 * @fires room-select - A person chose a room; cancel it to keep the old choice.
 * @fires room-error - Loading failed; cancel it and the element shows nothing itself.
 * @slot empty - What is said when there are no rooms, instead of a sentence.
 * @slot none - What is said when no room matches what is sought, instead of a sentence.
 * @slot failed - What is said when loading failed, instead of a sentence; the button below it stays.
 * @slot room-… - Named by a room's id: more to say in that room's row, text and pictures but no controls.
 * @csspart search - The search field.
 * @csspart list - The box that holds the rooms, or what is said instead of them.
 * @csspart group - Rooms that are live, open, not yet open, over, or new since then.
 * @csspart rows - Some of the rooms of a group, which cost nothing while they are out of sight.
 * @csspart heading - What a group is called; not shown when there was only one.
 * @csspart room - One room.
 * @csspart current - The room that is chosen, beside `room`.
 * @csspart name - A room's name.
 * @csspart description - A room's description.
 * @csspart status - Its kind, unless it is a meeting; whether it is live, when it opens, that it is over.
 * @csspart empty - What is said when there are no rooms, or none that match.
 * @csspart failure - What is said when loading failed.
 * @csspart retry - The button that loads again.
 * @cssprop [--room-list-size=20rem] - Height of the list, the same in every state.
 */
export class RoomPicker extends LitElement {
  static readonly formAssociated = true;
  static override shadowRootOptions: ShadowRootInit = {mode: 'open', delegatesFocus: true};

  static override styles = [tokens, rows];

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
  /** By this element's own attribute or a fieldset around it. */
  @state() private off = false;

  /** Where the rooms come from; a button tied to this element joins through it too. */
  readonly source = new Source(this);

  #loaded = new LoadController<Room[]>(this, error => this.dispatchEvent(new RoomErrorEvent(error, 'list')));
  #language = new Language(this, words);
  #internals = this.attachInternals();
  #list = new RoomList(row => this.#status(row));
  /** What the list has taken; null when that was only some. */
  #taken?: Room[] | null;
  #inside?: Inside;
  #timer?: ReturnType<typeof setInterval>;
  #tick?: ReturnType<typeof setTimeout>;
  #initial?: string;
  #typed = '';
  #typedAt = 0;
  /** Nobody has seen the order of the rooms, so that it may be another. */
  #unseen = true;
  #connected?: AbortController;
  /** What had the focus before it renders. */
  #focused: Element | null = null;
  #slotted = new MutationObserver(() => this.requestUpdate());

  /** The chosen room, once it is loaded. */
  get room(): Room | undefined {
    const {state} = this.#loaded;
    return state.status === 'loaded' ? state.value.find(room => room.room_id === this.value) : undefined;
  }

  override connectedCallback() {
    super.connectedCallback();
    this.#initial ??= this.value;
    this.#schedule();
    const {signal} = (this.#connected = new AbortController());
    const appear = () => {
      if (document.hidden) return;
      this.#unseen = true;
      // What is due is not waited for any longer.
      if (this.refresh && this.hasUpdated) void this.reload({quiet: true});
      this.requestUpdate();
    };
    document.addEventListener('visibilitychange', appear, {signal});
    this.#slotted.observe(this, {childList: true, subtree: true, attributeFilter: ['slot']});
    appear();
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.#connected!.abort();
    this.#slotted.disconnect();
    clearInterval(this.#timer);
    clearTimeout(this.#tick);
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    this.#focused = this.shadowRoot!.activeElement;
    const elsewhere = changed.has('endpoint') || changed.has('grant') || changed.has('rooms');
    if (elsewhere) void this.reload();
    if (changed.has('refresh')) this.#schedule();
    // Reflected before it renders: the browser answers at once whether a fieldset around says otherwise.
    if (changed.has('disabled')) this.toggleAttribute('disabled', this.disabled);
    // Most pages do without, so what asks comes when it is wanted.
    if (changed.has('showUsers') && this.showUsers) {
      void import('../controllers/inside.js').then(({Inside}) => (this.#inside ??= new Inside(this, this.#list)));
    }
    this.#find();
  }

  protected override updated() {
    const valueMissing = this.required && !this.value;
    this.#internals.setFormValue(this.value || null);
    this.#internals.setValidity({valueMissing}, valueMissing ? this.#language.words.chooseFirst : '', this);
    const list = this.renderRoot.querySelector('ul');
    if (list) this.#draw(list);
    // The keyboard should not be thrown back to the top of the page with what is gone.
    if (this.#focused?.isConnected === false) {
      (list ?? this.renderRoot.querySelector<HTMLElement>('div button') ?? this).focus();
    }
  }

  #draw(list: Element) {
    // While there are none, nothing may say where the rooms are, or say it well.
    const now = this.#list.shown.length ? clockOf(this.source.rooms) : Date.now();
    this.#list.mark(this.value, this.#at?.room.room_id ?? '');
    this.#list.fillSlots(new Set([...this.children].map(({slot}) => slot)));
    this.#list.draw(list, [this.#language.tag, new Date(now).toDateString(), this.showUsers].join());
    clearTimeout(this.#tick);
    this.#tick = setTimeout(() => this.requestUpdate(), Math.min(this.#list.until - now, 60_000));
  }

  /** What has just been loaded is taken into the list, and the list brought up to now. */
  #find() {
    const {state} = this.#loaded;
    const rooms = state.status === 'loaded' ? state.value : undefined;
    const now = rooms ? clockOf(this.source.rooms) : 0;
    if (rooms !== this.#taken) {
      const isAll = this.#list.take(rooms ?? [], now);
      this.#taken = isAll ? rooms : null;
      this.#inside?.next();
      // The others once these are seen.
      if (!isAll) requestAnimationFrame(() => requestAnimationFrame(() => this.requestUpdate()));
    }
    // Those of a list that loads anew are not gone: nobody knows yet.
    this.#list.find(this.query.trim(), now, this.#unseen || !rooms);
    this.#unseen = !this.#taken;
  }

  /** Loads the rooms again. With `quiet` the list stays in place meanwhile, and when it fails. */
  reload(options?: {quiet?: boolean}): Promise<void> {
    return this.#loaded.run(async signal => this.source.rooms.list({signal}), options);
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
    const message = this.#message();
    const isLoading = this.#loaded.state.status === 'loading';
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
      ${isLoading || this.#list.shown.length ? this.#renderList(isLoading) : this.#renderMessage(message)}
      <p role="status">${message || (this.query && words.found(this.#list.shown.length))}</p>`;
  }

  /** What is said instead of rooms, in sight and to a screen reader. */
  #message(): string {
    const {words} = this.#language;
    const {state} = this.#loaded;
    if (state.status === 'loading') return words.loading;
    if (state.status === 'failed') return words.failures[state.error.code];
    if (state.status === 'idle' || this.#list.shown.length) return '';
    return this.query ? words.noMatch(this.query) : words.empty;
  }

  #renderMessage(message: string) {
    const failed = this.#loaded.state.status === 'failed';
    const retry = html`<button part="retry" @click=${() => this.reload()}>${this.#language.words.retry}</button>`;
    return html`<div part="list ${failed ? 'failure' : 'empty'}">
      <slot name=${failed ? 'failed' : this.query ? 'none' : 'empty'}><p>${message}</p></slot>
      ${failed ? retry : nothing}
    </div>`;
  }

  /** While rooms load it is there without any: it keeps the focus, and they come into it sooner. */
  #renderList(isLoading: boolean) {
    const {words} = this.#language;
    const {groups, headed} = this.#list;
    const isHeaded = (name: string) => headed || name === 'new';
    return html`<ul
      part="list"
      role="listbox"
      tabindex="0"
      aria-label=${words.rooms}
      aria-busy=${isLoading}
      aria-disabled=${this.off}
      aria-required=${this.required}
      aria-activedescendant=${this.#at ? `room-${this.#at.room.room_id}` : nothing}
      @keydown=${this.#onKey}
      @click=${this.#onClick}
    >
      ${(Object.entries(groups) as [Group, Row[]][]).map(
        ([name, rows]) =>
          html`<div
            part="group"
            role="group"
            aria-labelledby=${isHeaded(name) ? name : nothing}
            ?hidden=${!rows.length}
          >
            <div part="heading" id=${name} ?hidden=${!isHeaded(name)}>${words.groups[name]}</div>
            <div></div>
          </div>`,
      )}
    </ul>`;
  }

  /** What is at the end of a room's row: its kind, and how it is unless its group says so. */
  #status({room, state, group, opensAt, inside}: Row): string {
    const {words} = this.#language;
    const said = {
      live: () => words.inside(this.showUsers ? inside : undefined),
      open: () => (group === 'live' || group === 'soon' || group === 'over' ? words.groups.open : ''),
      soon: () => words.opens(this.#language.time(opensAt!, clockOf(this.source.rooms))),
      over: () => words.over,
      gone: () => words.gone,
    };
    return [room.settings.mode === 'lecture' && words.kinds.lecture, said[state!]()].filter(Boolean).join(' · ');
  }

  /** The room the keyboard is at: where it was last, else the chosen one, else the first. */
  get #at(): Row | undefined {
    const {rows, shown} = this.#list;
    return [this.active, this.value].map(id => rows.get(id)).find(row => shown.includes(row!)) ?? shown[0];
  }

  #choose({room, state}: Row) {
    this.active = room.room_id;
    if (this.off || state === 'gone' || this.active === this.value) return;
    if (this.dispatchEvent(new RoomSelectEvent(room))) this.value = room.room_id;
  }

  #onClick(event: Event) {
    // By the path, since what the page put into a row is not inside it.
    const element = (event.composedPath() as Element[]).find(({part}) => part?.contains('room'));
    const row = this.#list.rows.get(element?.id.slice(5) ?? '');
    if (row) this.#choose(row);
  }

  #onKey(event: KeyboardEvent) {
    const {key, altKey, ctrlKey, metaKey, timeStamp} = event;
    if (altKey || ctrlKey || metaKey) return;
    const {shown} = this.#list;
    const row = this.#at;
    if (!row) return;
    const at = shown.indexOf(row);
    const list = event.currentTarget as HTMLElement;
    const isTyping = timeStamp - this.#typedAt < 700;
    if (key === 'Enter' || (key === ' ' && !isTyping)) this.#choose(row);
    else if (key.length === 1) {
      this.#typed = isTyping ? this.#typed + key : key;
      this.#typedAt = timeStamp;
      this.#goTo(this.#named(at));
    } else {
      const page = Math.floor(list.clientHeight / this.#list.reach(row).offsetHeight) || 1;
      const steps = {ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity};
      const step = steps[key as keyof typeof steps];
      if (!step) return;
      this.#goTo(shown[Math.min(Math.max(at + step, 0), shown.length - 1)]);
    }
    event.preventDefault();
  }

  #goTo(row: Row | undefined) {
    if (!row) return;
    this.active = row.room.room_id;
    this.#list.reach(row).scrollIntoView({block: 'nearest'});
  }

  /** The next room whose name begins with what is typed. */
  #named(at: number): Row | undefined {
    const {shown} = this.#list;
    const typed = fold(this.#typed);
    const from = typed.length > 1 ? at : at + 1;
    return [...shown.slice(from), ...shown].find(row => textOf(row).startsWith(typed));
  }

  #onSearch(event: InputEvent) {
    this.query = (event.target as HTMLInputElement).value;
    this.renderRoot.querySelector('ul')?.scrollTo(0, 0);
    this.#find();
  }

  #onSearchKey(event: KeyboardEvent) {
    if (event.key !== 'ArrowDown') return;
    event.preventDefault();
    this.renderRoot.querySelector('ul')?.focus();
  }

  #schedule() {
    clearInterval(this.#timer);
    if (!this.refresh) return;
    const load = () => document.hidden || void this.reload({quiet: true});
    this.#timer = setInterval(load, Math.max(this.refresh, 5) * 1000);
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'room-picker': RoomPicker;
  }
}
