import {html, LitElement, nothing, type PropertyDeclaration, type TemplateResult} from 'lit';
import {property, state} from 'lit/decorators.js';
import {Connection} from '../controllers/connection.js';
import {hasFocus} from '../controllers/focus.js';
import {FormControl} from '../controllers/form-control.js';
import {keepKeys} from '../controllers/keys.js';
import {Language} from '../controllers/language.js';
import {LoadController} from '../controllers/load.js';
import {inTime, missing} from '../controllers/missing.js';
import {Slots} from '../controllers/slots.js';
import {Source} from '../controllers/source.js';
import {words} from '../locales/joining/joining.js';
import type {Rooms} from '../rooms/rooms.js';
import type {Room} from '../rooms/room.js';
import {styledRoot} from '../styles/root.js';
import {tokens} from '../styles/tokens.js';
import {reportError, RoomSelectEvent} from './events.js';
import {listKeys} from './list-keys.js';
import {renderMessage} from './picker-message.js';
import type {PickerParts} from './picker-parts.js';
import {PlainList} from './plain-list.js';
import {styles} from './room-picker.styles.js';
import type {Row} from './room-row.js';

/**
 * A searchable list of the rooms that a visitor may join; one of them can be chosen. Form-associated: its value is the
 * `room_id` of the chosen room. Labels, `aria-label` and `aria-describedby` of the element name and describe the list.
 *
 * Rows do not move while the list is in sight. If rooms change, the texts change in place, new rooms are added at the end,
 * and removed rooms stay but cannot be chosen. The list is sorted again by a search, by `reload()`, and when the element or
 * its page becomes visible again.
 *
 * @fires room-select - A person chose a room. Cancel it to keep the previous choice.
 * @fires input - A person chose a room, and `value` has its id.
 * @fires change - The same as `input`, right after it.
 * @fires room-error - Loading failed. Cancel it to keep the element from showing the failure.
 * @slot empty - Shown if there are no rooms, instead of a sentence.
 * @slot none - Shown if no room matches the search, instead of a sentence.
 * @slot failed - Shown if loading failed, instead of a sentence. The button below it stays.
 * @slot sign-in - Shown beside a failure if the visitor has to sign in: a link to your login.
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
 * @csspart status - Whether the room is a lecture, is live or full, opens later, or is over, and whether one asks to join.
 * @csspart faces - The initials of people who are in the room.
 * @csspart face - The initials of one of them.
 * @csspart foot - What can be done with the chosen room; absent if there is nothing.
 * @csspart calendar - The button that saves a scheduled room for a calendar.
 * @csspart link - The chosen room's link with its button.
 * @csspart address - The link itself, shown if it could not be copied.
 * @csspart copy - The button that copies the link.
 * @csspart help - What became of the copy.
 * @csspart toggle - In the layout `menu`: the button that opens the list.
 * @csspart menu - In the layout `menu`: the box that opens.
 * @csspart empty - The box if there are no rooms, or none that match; beside `list`.
 * @csspart failure - The box if loading failed; beside `list`.
 * @csspart retry - The button that loads again.
 * @cssprop [--room-list-size=372px] - Height of the element, the same in every state. A list is only as tall as its rows inside
 *   it. A menu is at most that tall once it is open.
 * @cssprop [--room-card-size=168px] - Height of a card.
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
  @property({converter: text => text ?? ''}) value = '';
  /** Name of the field in a form. */
  @property({converter: text => text ?? ''}) name = '';
  /** The form cannot be submitted without a chosen room. */
  @property({type: Boolean}) required = false;
  /** No room can be chosen. */
  @property({type: Boolean}) disabled = false;
  /** Shows the search field always. Otherwise a list of 8 rooms or more has it. */
  @property({type: Boolean}) search = false;
  /** Never shows the search field. */
  @property({type: Boolean, attribute: 'no-search'}) noSearch = false;
  /**
   * How the rooms are shown: `list`, a box with all of them; `menu`, a button that opens the list; `card`, one room, which is
   * the one that `value` names, else the first, which is then chosen.
   *
   * @default 'list'
   */
  @property({reflect: true}) layout?: 'list' | 'menu' | 'card' | undefined;
  /**
   * The address at which people join a room, with its id for `{room}`, such as `https://shop.example/r/{room}`: the list then
   * offers a link to the chosen room. Without it, the address of a page with `<green-room deep-link>` around this element.
   */
  @property() link = '';
  /** Seconds between loads, at least 5; 0 loads once. Pauses while the page is hidden. */
  @property({type: Number}) refresh = 0;
  /** Shows how many people are in each live room, every 10 s, if the visitor may know. */
  @property({type: Boolean, attribute: 'show-users'}) showUsers = false;

  @state() private active = '';
  /** Whether the element is disabled, by its own attribute or by a fieldset around it. */
  @state() private off = false;

  /** Where the rooms come from. A button tied to this element joins through the same source. */
  readonly source = new Source(this, undefined, error => reportError(this, error, 'list'));

  #loaded = new LoadController<Room[]>(
    this,
    error => reportError(this, error, 'list'),
    () => this.#bring().then(() => this.#parts?.ready),
  );
  #language = new Language(this, words);
  #connection = new Connection(this);
  #form = new FormControl(this, () => this.#whyMissing());
  #slots = new Slots(this);
  #list = new PlainList(this.#slots);
  #initial?: string;
  #parts?: PickerParts;
  /** The file with them is there, or will not come. */
  #brought?: Promise<unknown> | undefined;
  #keys = listKeys((typed, rows) => this.#parts?.search.first(typed, rows));
  /** The focused element inside this one, before the render. */
  #focused: Element | null = null;

  constructor() {
    super();
    keepKeys(this);
    // A label was pressed: a click inside the element has an inner target.
    this.addEventListener('click', event => event.composedPath()[0] === this && !this.off && this.focus());
  }

  /** The chosen room, once it is loaded. */
  get room(): Room | undefined {
    const {state} = this.#loaded;
    return state.status === 'loaded' ? state.value.find(room => room.room_id === this.value) : undefined;
  }

  /** The form that the element belongs to. As with other fields, set the attribute `form` to change it. */
  get form(): HTMLFormElement | null {
    return this.#form.internals.form;
  }
  // Frameworks that set every property they find would fail without it.
  set form(id: string | null) {
    if (id === null) this.removeAttribute('form');
    else this.setAttribute('form', id);
  }

  /** The labels of the element. */
  get labels(): NodeList {
    return this.#form.internals.labels;
  }

  /** The kind of field. */
  get type(): string {
    return this.localName;
  }

  /** What is wrong with the value. */
  get validity(): ValidityState {
    return this.#form.internals.validity;
  }

  /** What is wrong with the value, as a sentence for the visitor; empty if it is valid. */
  get validationMessage(): string {
    return this.#form.internals.validationMessage;
  }

  /** Whether the value is checked when the form is submitted. It is not while the element is disabled. */
  get willValidate(): boolean {
    return this.#form.internals.willValidate;
  }

  override connectedCallback() {
    super.connectedCallback();
    this.#initial ??= this.value;
    // Turbo goes back to a copy of the page, which has attributes and no properties.
    const keep = () => this.setAttribute('value', this.value ?? '');
    document.addEventListener('turbo:before-cache', keep, this.#connection);
  }

  protected override createRenderRoot() {
    return styledRoot(this);
  }

  adoptedCallback() {
    styledRoot(this);
  }

  protected override willUpdate() {
    // happy-dom fails to tell it while the focus is in another element.
    this.#focused = hasFocus(this) ? this.shadowRoot!.activeElement : null;
    this.#follow();
    const {state} = this.#loaded;
    this.#list.take(state.status === 'loaded' ? (this.#parts?.shown(state.value) ?? state.value) : undefined);
  }

  protected override updated() {
    const list = this.renderRoot.querySelector('ul');
    if (list) this.#list.draw(list, this.value, this.#at?.room.room_id ?? '');
    // If the focused element is gone, the focus should not fall back to the top of the page.
    if (this.#focused?.isConnected === false) {
      (this.renderRoot.querySelector<HTMLElement>('ul, button') ?? this).focus();
    }
  }

  /** Loads the rooms if they come from somewhere else now. */
  #follow() {
    if (this.source.isNew(this.showUsers)) void this.reload({quiet: this.#list.rows.size > 0});
  }

  /** Loads the rooms again. With `quiet` the list stays in place while it loads, and if the load fails. */
  reload(options?: {quiet?: boolean | undefined}): Promise<void> {
    return this.#loaded.run(async signal => {
      const [rooms] = await Promise.all([this.source.rooms.list({signal, people: this.showUsers}), this.#bring()]);
      return rooms;
    }, options);
  }

  /** Loads what the element has beside its list, at the same time as the rooms. */
  #bring(): Promise<unknown> {
    const come = async () => {
      try {
        const {PickerParts} = await import('./picker-parts.js');
        const parts = new PickerParts(this, this.#slots, this.#language);
        await parts.bringLayout();
        parts.list.adopt(this.#list);
        this.#list = parts.list;
        this.#parts = parts;
        this.requestUpdate();
      } catch (cause) {
        missing(cause);
        this.#brought = this.layout = undefined;
      }
    };
    return (this.#brought ??= inTime(come()));
  }

  /** What a person searches for. */
  get #query(): string {
    return this.#parts?.search.query.trim() ?? '';
  }

  /** Whether the value is valid. If not, the event `invalid` is fired. */
  checkValidity(): boolean {
    return this.#form.check('checkValidity');
  }

  /** Whether the value is valid. If not, the event `invalid` is fired and the browser says what is wrong. */
  reportValidity(): boolean {
    return this.#form.check('reportValidity');
  }

  /** Makes the value invalid, with a sentence for the visitor; an empty one takes that back. */
  setCustomValidity(message: string) {
    this.#form.setCustomValidity(message);
  }

  /** Lit calls this in the task in which a property is set, and a form may read it in that task. */
  override requestUpdate(name?: PropertyKey, ...more: [oldValue?: unknown, options?: PropertyDeclaration]) {
    super.requestUpdate(name, ...more);
    // The constructor of Lit calls it before there are any fields.
    if (#form in this) (this.#form as FormControl | undefined)?.changed(name);
  }

  formResetCallback() {
    this.value = this.getAttribute('value') ?? this.#initial ?? '';
  }

  formDisabledCallback(disabled: boolean) {
    this.off = disabled;
  }

  formStateRestoreCallback(value: string) {
    this.value = value;
  }

  override render(): TemplateResult {
    const {words} = this.#language;
    const {label, description} = this.#form;
    const name = label || words.rooms;
    const message = this.#message();
    const isLoading = this.#loaded.state.status === 'loading';
    const parts = this.#parts;
    const frame = html`<div class="frame">
      ${parts ? parts.renderSearch(words, label, this.off) : this.#keepPlace()}
      ${isLoading || this.#list.shown.length ? this.#renderList(isLoading, name) : this.#renderMessage(message, name)}
      ${isLoading ? html`<div class="bones" aria-busy="true"></div>` : nothing} ${parts?.renderFoot()}
    </div>`;
    return html`${parts?.render(frame, name, this.off) ?? frame}
      <p id="description" hidden .textContent=${description}></p>
      <p role="status" .textContent=${message || (this.#query && words.found(this.#list.shown.length))}></p>`;
  }

  /** The place of a search field that will come. */
  #keepPlace() {
    return this.search && !this.noSearch ? html`<input disabled aria-hidden="true" />` : nothing;
  }

  /** The message instead of rooms, shown and announced. */
  #message(): string {
    const {words} = this.#language;
    const {state} = this.#loaded;
    if (state.status === 'loading') return words.loading;
    if (state.status === 'failed') return this.#parts?.failure(state.error) ?? words.failed;
    if (state.status === 'idle' || this.#list.shown.length) return '';
    return this.#query ? words.noMatch(this.#query) : words.empty;
  }

  /** Why no room is chosen, for a form that needs one. */
  #whyMissing(): string {
    const {words} = this.#language;
    const {state} = this.#loaded;
    return (state.status === 'loaded' && state.value.length ? '' : this.#message()) || words.chooseFirst;
  }

  #renderMessage(message: string, label: string) {
    const {state} = this.#loaded;
    const error = state.status === 'failed' && state.error;
    const reason = error ? 'failed' : this.#query ? 'none' : 'empty';
    const retry = () => this.reload();
    return renderMessage(this.#language.words, message, label, reason, this.#slots.filled, error, retry);
  }

  /** Also rendered, empty, while rooms load: it keeps the focus, and the rooms appear sooner. */
  #renderList(isLoading: boolean, label: string) {
    return html`<ul
      part="list"
      role="listbox"
      tabindex="0"
      aria-label=${label}
      aria-describedby="description"
      aria-busy=${isLoading}
      aria-disabled=${this.off}
      aria-required=${this.required}
      aria-activedescendant=${this.#at ? `room-${this.#at.room.room_id}` : nothing}
      @keydown=${this.#onKey}
      @click=${this.#onClick}
    >
      ${this.#list.renderGroups(this.#language.words)}
    </ul>`;
  }

  /** The row the keyboard is at: the last one it was at, else the chosen one, else the first. */
  get #at(): Row | undefined {
    const {rows, shown} = this.#list;
    return [this.active, this.value].map(id => rows.get(id)).find(row => shown.includes(row!)) ?? shown[0];
  }

  #choose({room, state}: Row) {
    this.active = room.room_id;
    if (this.off || state === 'gone' || this.active === this.value) return;
    if (!this.dispatchEvent(new RoomSelectEvent(room))) return;
    this.value = room.room_id;
    // As from a native field: `change` stays in its shadow root.
    this.dispatchEvent(new Event('input', {bubbles: true, composed: true}));
    this.dispatchEvent(new Event('change', {bubbles: true}));
  }

  #onClick(event: Event) {
    // Content that the page slotted into a row is not inside the row, so the path of the event is searched.
    const path = event.composedPath();
    const row = this.#list.shown.find(({element}) => path.includes(element!));
    if (row) this.#choose(row);
  }

  #onKey(event: KeyboardEvent) {
    const {shown} = this.#list;
    const row = this.#at;
    if (!row) return;
    const {clientHeight} = event.currentTarget as HTMLElement;
    const page = Math.floor(clientHeight / this.#list.reach(row).offsetHeight) || 1;
    const next = this.#keys(event, shown, shown.indexOf(row), page);
    if (!next) return;
    event.preventDefault();
    if (next === 'choose') return this.#choose(row);
    this.active = next.room.room_id;
    this.#list.reach(next).scrollIntoView?.({block: 'nearest'});
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'room-picker': RoomPicker;
  }
}
