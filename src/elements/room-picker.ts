import {html, LitElement, nothing, type PropertyValues, type TemplateResult} from 'lit';
import {property, state} from 'lit/decorators.js';
import type {Inside} from '../controllers/inside.js';
import {Language} from '../controllers/language.js';
import {LoadController, requestsSent} from '../controllers/load.js';
import {Source} from '../controllers/source.js';
import {words} from '../locales/joining/joining.js';
import type {Rooms} from '../rooms/rooms.js';
import type {Room} from '../rooms/schema.js';
import {clockOf} from '../rooms/times.js';
import {tokens} from '../styles/tokens.js';
import {reportError, RoomSelectEvent} from './events.js';
import {RoomList} from './room-list.js';
import {styles} from './room-picker.styles.js';
import {fold, textOf, type Group, type Row} from './room-row.js';

/**
 * A searchable list of the rooms that a visitor may join; one of them can be chosen. Form-associated: its value is the
 * `room_id` of the chosen room.
 *
 * Rows do not move while the list is in sight. If rooms change, the texts change in place, new rooms are added at the end,
 * and removed rooms stay but cannot be chosen. The list is sorted again by a search, by `reload()`, and when the element or
 * its page becomes visible again.
 *
 * @fires room-select - A person chose a room. Cancel it to keep the previous choice.
 * @fires room-error - Loading failed. Cancel it to keep the element from showing the failure.
 * @slot empty - Shown if there are no rooms, instead of a sentence.
 * @slot none - Shown if no room matches the search, instead of a sentence.
 * @slot failed - Shown if loading failed, instead of a sentence. The button below it stays.
 * @slot room-… - Named by a room's id: more content for the row of that room. Text and pictures, but no controls.
 * @csspart search - The search field.
 * @csspart list - The box around the rooms, or around the message shown instead of them.
 * @csspart group - A group of rooms: live, open, opening soon, over, or new.
 * @csspart rows - Up to 50 rows of a group. The browser skips them while they are out of sight.
 * @csspart heading - The heading of a group; hidden if there is only one group.
 * @csspart room - One room.
 * @csspart current - The chosen room, beside `room`.
 * @csspart name - A room's name.
 * @csspart description - A room's description.
 * @csspart status - Whether the room is a lecture, is live, opens later, or is over.
 * @csspart empty - The box if there are no rooms, or none that match; beside `list`.
 * @csspart failure - The box if loading failed; beside `list`.
 * @csspart retry - The button that loads again.
 * @cssprop [--room-list-size=20rem] - Height of the list; the same in every state.
 */
export class RoomPicker extends LitElement {
  static readonly formAssociated = true;
  static override shadowRootOptions: ShadowRootInit = {mode: 'open', delegatesFocus: true};

  static override styles = [tokens, styles];

  /** Address of the token proxy. */
  @property() endpoint = '';
  /** A signed permission for the token proxy. */
  @property() grant = '';
  /** Any `Rooms`, used instead of `endpoint` and `grant`. */
  @property({attribute: false}) rooms?: Rooms | undefined;
  /** The `room_id` of the chosen room; empty if none is chosen. */
  @property() value = '';
  /** Name of the field in a form. */
  @property({reflect: true, converter: {toAttribute: name => name || null}}) name = '';
  /** The form cannot be submitted without a chosen room. */
  @property({type: Boolean, reflect: true}) required = false;
  /** No room can be chosen. */
  @property({type: Boolean}) disabled = false;
  /** Hides the search field. */
  @property({type: Boolean, attribute: 'no-search'}) noSearch = false;
  /** Seconds between loads, at least 5; 0 loads once. Pauses while the page is hidden. */
  @property({type: Number}) refresh = 0;
  /** Shows how many people are in each live room, if the visitor may know. */
  @property({type: Boolean, attribute: 'show-users'}) showUsers = false;

  @state() private query = '';
  @state() private active = '';
  /** Whether the element is disabled, by its own attribute or by a fieldset around it. */
  @state() private off = false;

  /** Where the rooms come from. A button tied to this element joins through the same source. */
  readonly source = new Source(this);

  #loaded = new LoadController<Room[]>(this, error => reportError(this, error, 'list'));
  #language = new Language(this, words);
  #internals = this.attachInternals();
  #list = new RoomList(row => this.#status(row));
  /** The rooms that the list has; null if it has only the first of them so far. */
  #taken?: Room[] | null;
  #inside?: Inside;
  #timer?: ReturnType<typeof setInterval>;
  #tick?: ReturnType<typeof setTimeout>;
  #initial?: string;
  #typed = '';
  #typedAt = 0;
  /** Nobody has seen the order of the rooms yet, so it may change. */
  #unseen = true;
  #connected?: AbortController;
  /** The focused element inside this one, before the render. */
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
      // A load is due; do not wait for the timer.
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

  protected override async scheduleUpdate() {
    if (!this.hasUpdated) {
      this.#follow();
      await requestsSent();
    }
    await super.scheduleUpdate();
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    this.#focused = this.shadowRoot!.activeElement;
    this.#follow();
    if (changed.has('refresh')) this.#schedule();
    // Set before the render: the browser calls `formDisabledCallback` at once, and a fieldset may disable it, too.
    if (changed.has('disabled')) this.toggleAttribute('disabled', this.disabled);
    // Loaded on demand, since most pages do not use it.
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
    // If the focused element is gone, the focus should not fall back to the top of the page.
    if (this.#focused?.isConnected === false) {
      (list ?? this.renderRoot.querySelector<HTMLElement>('div button') ?? this).focus();
    }
  }

  #draw(list: Element) {
    // Without rooms there may be no usable endpoint, and so no clock to read.
    const now = this.#list.shown.length ? clockOf(this.source.rooms) : Date.now();
    this.#list.mark(this.value, this.#at?.room.room_id ?? '');
    this.#list.fillSlots(new Set([...this.children].map(({slot}) => slot)));
    this.#list.draw(list, [this.#language.tag, new Date(now).toDateString(), this.showUsers].join());
    clearTimeout(this.#tick);
    this.#tick = setTimeout(() => this.requestUpdate(), Math.min(this.#list.until - now, 60_000));
  }

  /** Gives loaded rooms to the list and updates it to the present time. */
  #find() {
    const {state} = this.#loaded;
    const rooms = state.status === 'loaded' ? state.value : undefined;
    const now = rooms ? clockOf(this.source.rooms) : 0;
    if (rooms !== this.#taken) {
      const isAll = this.#list.take(rooms ?? [], now);
      this.#taken = isAll ? rooms : null;
      this.#inside?.next();
      // The others follow after the first ones are painted.
      if (!isAll) requestAnimationFrame(() => requestAnimationFrame(() => this.requestUpdate()));
    }
    // While the list loads again nothing is known, so no room counts as removed.
    this.#list.find(this.query.trim(), now, this.#unseen || !rooms);
    this.#unseen = !this.#taken;
  }

  /** Loads the rooms if they come from somewhere else now. */
  #follow() {
    if (this.source.isNew()) void this.reload();
  }

  /** Loads the rooms again. With `quiet` the list stays in place while it loads, and if the load fails. */
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

  override render(): TemplateResult {
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

  /** The message instead of rooms, shown and announced. */
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

  /** Also rendered, empty, while rooms load: it keeps the focus, and the rooms appear sooner. */
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

  /** The text at the end of a row: whether it is a lecture, and its state unless the group's heading says that already. */
  #status({room, state, group, opensAt, inside}: Row): string {
    const {words} = this.#language;
    const said = {
      live: () => words.inside(this.showUsers ? inside : undefined),
      open: () => (group === 'live' || group === 'soon' || group === 'over' ? words.groups.open : ''),
      soon: () => words.opens(this.#language.time(opensAt!, clockOf(this.source.rooms))),
      over: () => words.over,
      gone: () => words.gone,
    };
    return [room.settings.mode === 'lecture' && words.lecture, said[state!]()].filter(Boolean).join(' · ');
  }

  /** The row the keyboard is at: the last one it was at, else the chosen one, else the first. */
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
    // Content that the page slotted into a row is not inside the row, so the path of the event is searched.
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

  /** The next room whose name begins with the typed text. */
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
