import {html, LitElement, nothing, type PropertyValues} from 'lit';
import {property, state} from 'lit/decorators.js';
import {Language} from '../controllers/language.js';
import {LoadController} from '../controllers/load.js';
import {Source} from '../controllers/source.js';
import {managing, type ManagingWords} from '../locales/managing/managing.js';
import {words} from '../locales/joining/joining.js';
import type {RoomsError} from '../rooms/errors.js';
import type {Rooms} from '../rooms/rooms.js';
import {clockOf, isTooLate} from '../rooms/rules.js';
import type {Room} from '../rooms/schema.js';
import {controls} from '../styles/controls.js';
import {tokens} from '../styles/tokens.js';
import {RoomErrorEvent} from './events.js';
import {formStyles, onlyOnce, renderGroups, renderLabels, renderQuestion} from './room-fields.js';
import {
  bodyOf,
  failureOf,
  faultsIn,
  fieldOf,
  FIELDS,
  formOf,
  isAsked,
  sentenceOf,
  type Form,
  type FormField,
  WholeRoom,
} from './room-form.js';
import {RoomWriter} from './room-write.js';

type State =
  | {status: 'editing'}
  /** Submitted with so many fields wrong; nothing was requested. */
  | {status: 'wrong'; count: number}
  | {status: 'done'; say: (words: ManagingWords) => string}
  | {status: 'deleted'; name: string};

/** Whose changes can make a number wrong that nobody touched. */
const TOUCHING: Partial<Record<FormField, FormField[]>> = {
  participants: ['max_active_talkers', 'opening', 'mode'],
  audiences: ['send_audiences_stats', 'hls_view_url'],
};

/**
 * A form that makes a room, or changes and deletes the one of `room-id`. It checks what is typed as the platform does,
 * shows what the platform refuses at its field, and sends only what was changed. The token proxy decides who may.
 *
 * @fires room-save - A person asked to make or change a room; nothing was requested yet; cancel it to request nothing.
 * @fires room-saved - The room was made or changed.
 * @fires room-delete - A person asked to delete the room and confirmed it; cancel it to request nothing.
 * @fires room-deleted - The room was deleted.
 * @fires room-error - Something failed; cancel it and the element shows nothing itself.
 * @csspart title - The line above the form.
 * @csspart form - The form.
 * @csspart group - Fields behind a disclosure.
 * @csspart field - A field with its label, help and fault.
 * @csspart given - A field that is only shown, beside `field`.
 * @csspart label - A field's label.
 * @csspart input - A field's control.
 * @csspart help - What a field is for.
 * @csspart fault - What is wrong with a field.
 * @csspart status - The line below: what was done, what went wrong.
 * @csspart failure - That line when something went wrong, beside `status`.
 * @csspart save - The button that makes or changes the room.
 * @csspart discard - The button that takes back what was typed.
 * @csspart delete - The buttons that delete the room, in the form and in the dialog.
 * @csspart dialog - The question before a room is deleted.
 * @csspart keep - The button that deletes nothing.
 * @csspart retry - The button that loads again.
 */
export class RoomEditor extends LitElement {
  static override styles = [tokens, controls, formStyles];

  /** Address of the token proxy. */
  @property() endpoint = '';
  /** A signed permission for the token proxy; when it is renewed, what was typed stays. */
  @property() grant = '';
  /** Any `Rooms` to work on instead of the proxy's; overrides `endpoint`. */
  @property({attribute: false}) rooms?: Rooms;
  /** The room to change or delete; without it a room is made. Another one takes its place at once, saved or not. */
  @property({attribute: 'room-id'}) roomId = '';

  @state() private form: Form = formOf();
  /** The room as it was loaded or saved last. */
  @state() private room?: Room;
  @state() private state: State = {status: 'editing'};
  /** The fields that were left with another value, and all of them once the form was submitted. */
  @state() private touched: ReadonlySet<FormField> = new Set();
  #source = new Source(this, WholeRoom);
  #writer = new RoomWriter(this, this.#source);
  #words = new Language(this, words);
  #managing = new Language(this, managing);
  #loaded = new LoadController<Room>(this, error => this.dispatchEvent(new RoomErrorEvent(error, 'get')));
  #faults: ReturnType<typeof faultsIn> = new Map();
  /** What the form was before anything was typed. */
  #was = this.form;
  /** What was loaded last, so that it is taken over once. */
  #taken?: Room;
  /** Made just now: a page that goes on with it finds it here, its message too, and the keyboard where it was. */
  #made?: Room;
  /** The browser asks in its own words. Another editor's is another one. */
  #askBeforeLeaving = (event: Event) => event.preventDefault();

  /** Whether something was typed that is not saved. While it is so, the browser asks before the page is left. */
  get dirty(): boolean {
    return FIELDS.some(field => this.form[field] !== this.#was[field]);
  }

  override connectedCallback() {
    super.connectedCallback();
    this.requestUpdate();
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    removeEventListener('beforeunload', this.#askBeforeLeaving);
    // Back in the page it would be open and no longer modal.
    this.#dialog?.close();
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    // A renewed grant takes nothing away from who is typing.
    const elsewhere = changed.has('endpoint') || changed.has('rooms') || (changed.has('grant') && !this.dirty);
    if (this.roomId && this.#made?.room_id === this.roomId) {
      const {state} = this;
      this.#take(this.#made);
      this.state = state;
    } else if (changed.has('roomId') || (elsewhere && this.roomId)) void this.reload();
    this.#made = undefined;
    const {state} = this.#loaded;
    if (state.status === 'loaded' && state.value !== this.#taken && state.value.room_id === this.roomId) {
      this.#take((this.#taken = state.value));
    }
    this.#faults = faultsIn(this.form, {room: this.room, now: this.#now});
  }

  protected override updated() {
    const listen = this.dirty && this.isConnected ? addEventListener : removeEventListener;
    listen('beforeunload', this.#askBeforeLeaving);
  }

  /** Loads the room again; what was typed and not saved is gone. */
  async reload(): Promise<void> {
    const {roomId} = this;
    this.#take(undefined);
    if (roomId) await this.#loaded.run(async signal => this.#source.rooms.get(roomId, {signal}));
  }

  /** Puts the keyboard into the first field. */
  override focus(options?: FocusOptions) {
    this.renderRoot.querySelector<HTMLElement>('input')?.focus(options);
  }

  override render() {
    const {words} = this.#managing;
    const phase = this.#phase;
    const isGone = phase === 'gone';
    const {status} = this.state;
    const failed = (isGone ? this.#loaded : this.#writer).state.status === 'failed' || status === 'wrong';
    const message = this.#message();
    const part = `status ${failed ? 'failure' : ''}`;
    return html`<form
        part="form"
        novalidate
        autocomplete="off"
        .inert=${phase !== 'ready'}
        aria-busy=${phase === 'loading'}
        @submit=${this.#onSubmit}
        @input=${this.#onInput}
        @change=${this.#onChange}
      >
        <h2 part="title">${this.#title()}</h2>
        <fieldset ?disabled=${this.#tooLate}>
          ${renderGroups({
            form: this.form,
            room: this.room,
            editing: this.roomId !== '',
            words,
            faultOf: field => this.#faultOf(field),
            timeOf: iso => this.#managing.time(Date.parse(iso), this.#now),
          })}
        </fieldset>
        ${this.#renderActions()}
      </form>
      ${
        isGone
          ? html`<div class="instead">
              <p part=${part} tabindex="-1">${message}</p>
              ${failed ? html`<button part="retry" @click=${this.#onRetry}>${this.#words.words.retry}</button>` : nothing}
            </div>`
          : nothing
      }
      <p part=${isGone ? '' : part} class=${isGone ? 'unseen' : ''} role="status" tabindex="-1">${message}</p>
      <dialog part="dialog" aria-labelledby="question" @close=${this.#onAnswer}>
        ${renderQuestion(this.room?.name ?? '', words)}
      </dialog>`;
  }

  /** `gone` is a room that cannot be shown: it was deleted, or could not be loaded. */
  get #phase(): 'ready' | 'loading' | 'gone' {
    if (this.state.status === 'deleted') return 'gone';
    if (!this.roomId || this.room) return 'ready';
    return this.#loaded.state.status === 'loading' ? 'loading' : 'gone';
  }

  #title(): string {
    const {titles} = this.#managing.words;
    if (!this.roomId) return titles.create;
    return this.room ? titles.edit(this.room.name) : '\u00A0';
  }

  #renderActions() {
    const {words} = this.#managing;
    const {status} = this.#writer.state;
    const busy = this.#writer.busy || this.#phase !== 'ready';
    const [save, saving] = this.roomId ? [words.save, words.saving] : [words.create, words.creating];
    return html`<div class="actions">
      <button part="save" aria-busy=${status === 'saving'} aria-disabled=${busy || this.#tooLate} @click=${onlyOnce}>
        ${renderLabels(save, saving, status === 'saving')}
      </button>
      <button part="discard" class="quiet" type="button" aria-disabled=${busy || !this.dirty} @click=${this.#onDiscard}>
        ${words.discard}
      </button>
      ${
        this.roomId
          ? html`<button
              part="delete"
              class="quiet"
              type="button"
              aria-haspopup="dialog"
              aria-busy=${status === 'deleting'}
              aria-disabled=${busy}
              @click=${this.#onDelete}
            >
              ${renderLabels(words.delete, words.deleting, status === 'deleting')}
            </button>`
          : nothing
      }
    </div>`;
  }

  /** What is said below the form, or instead of it. */
  #message(): string {
    const {words} = this.#managing;
    const {state} = this;
    const {state: loaded} = this.#loaded;
    const {state: writing} = this.#writer;
    if (state.status === 'deleted') return words.deleted(state.name);
    if (this.#phase === 'loading') return words.loading;
    if (this.#phase === 'gone') return loaded.status === 'failed' ? this.#failure(loaded.error) : '';
    if (writing.status === 'failed') return this.#refused ? words.faultCount(1) : this.#failure(writing.error);
    if (state.status === 'wrong') return words.faultCount(state.count);
    if (state.status === 'done') return state.say(words);
    return this.#tooLate ? words.faults.tooLate : '';
  }

  #failure({code}: RoomsError): string {
    return failureOf(code, this.#managing.words) ?? this.#words.words.failures[code];
  }

  /** What is said at a field: nothing before it was left, or the form submitted. */
  #faultOf(field: FormField): string {
    const {state} = this.#writer;
    const refused = state.status === 'failed' && this.#refused === field ? state.error : undefined;
    const told = [field, ...(TOUCHING[field] ?? [])].some(each => this.touched.has(each));
    const fault = refused ?? (told ? this.#faults.get(field) : undefined);
    return fault ? sentenceOf(fault, field, this.#managing.words, this.form) : '';
  }

  /** By the server's clock, where it is known; epoch ms. */
  get #now(): number {
    try {
      return clockOf(this.#source.rooms);
    } catch {
      return Date.now(); // No rooms at all, which is said when they are asked for.
    }
  }

  /** The field whose value the platform did not take. */
  get #refused(): FormField | undefined {
    const {state} = this.#writer;
    const field = state.status === 'failed' ? fieldOf(state.error) : undefined;
    return field && isAsked(field, this.form) ? field : undefined;
  }

  get #tooLate(): boolean {
    return this.room !== undefined && isTooLate(this.room, this.#now);
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector('dialog');
  }

  /** Shows a room as it is; without one, the form of a new one. What was on its way is no longer shown. */
  #take(room: Room | undefined) {
    this.room = room;
    this.form = this.#was = formOf(room);
    this.touched = new Set();
    this.#writer.forget();
    this.state = {status: 'editing'};
    // It asks about the room that was.
    if (this.hasUpdated) this.#dialog!.close();
  }

  #onInput(event: Event) {
    const {name, type, value, checked} = event.target as HTMLInputElement;
    this.form = {...this.form, [name]: type === 'checkbox' ? checked : value};
    const {state, busy} = this.#writer;
    // What the platform refused stays refused until it changes.
    if (state.status === 'failed' && (this.#refused ?? name) === name) this.#writer.forget();
    if (!busy) this.state = {status: 'editing'};
  }

  #onChange(event: Event) {
    this.touched = new Set([...this.touched, (event.target as HTMLInputElement).name as FormField]);
  }

  #onDiscard() {
    if (!this.#writer.busy && this.dirty) this.#take(this.room);
  }

  #onSubmit(event: Event) {
    event.preventDefault();
    if (this.#writer.busy || this.#tooLate) return this.requestUpdate();
    this.touched = new Set(FIELDS);
    this.#faults = faultsIn(this.form, {room: this.room, now: this.#now});
    const wrong = FIELDS.filter(field => this.#faults.has(field));
    if (wrong.length) {
      this.state = {status: 'wrong', count: wrong.length};
      void this.#point(wrong);
    } else if (this.room && !Object.keys(bodyOf(this.form, this.#was)).length) {
      this.#take(this.room);
      this.state = {status: 'done', say: words => words.unchanged};
    } else void this.#save();
  }

  /** Brings the visitor to the first of the fields that are wrong, and shows them all. */
  async #point(wrong: FormField[]) {
    await this.updateComplete;
    const fields = wrong.map(field => this.renderRoot.querySelector<HTMLElement>(`[name="${field}"]`));
    for (const field of fields) field?.closest('details')?.setAttribute('open', '');
    fields[0]?.focus();
  }

  async #save() {
    const {form, room} = this;
    this.state = {status: 'editing'};
    await this.#writer.save(bodyOf(form, room && this.#was), room, saved => this.#settle(saved, form));
    if (this.#refused) void this.#point([this.#refused]);
  }

  /** Shows what was saved; what was typed meanwhile stays typed. */
  #settle(saved: Room, sent: Form) {
    const {form: typed, room: before} = this;
    this.#take(before && saved);
    if (!before) this.#made = saved;
    const meanwhile = FIELDS.filter(field => typed[field] !== sent[field]).map(field => [field, typed[field]] as const);
    this.form = {...this.form, ...Object.fromEntries(meanwhile)};
    this.state = {status: 'done', say: words => (before ? words.saved : words.created(saved.name))};
  }

  #onDelete(event: Event) {
    if (this.#writer.busy) return;
    // Where the focus comes back to; not every browser gives it to a button that is clicked.
    (event.currentTarget as HTMLElement).focus();
    this.#dialog!.returnValue = '';
    this.#dialog!.showModal();
  }

  #onAnswer() {
    if (this.#dialog!.returnValue === 'delete' && this.room && !this.#writer.busy) void this.#delete(this.room);
  }

  async #delete(room: Room) {
    this.state = {status: 'editing'};
    let focused = false;
    await this.#writer.remove(room, () => {
      focused = (this.renderRoot as ShadowRoot).activeElement !== null;
      this.#take(room);
      this.state = {status: 'deleted', name: room.name};
    });
    await this.updateComplete;
    // The button that had the focus is gone.
    if (focused) this.renderRoot.querySelector<HTMLElement>('[part~=status]')!.focus();
  }

  async #onRetry() {
    // The button that has the focus goes; whoever goes on meanwhile is not called back.
    const root = this.renderRoot as ShadowRoot;
    root.querySelector<HTMLElement>('[role=status]')!.focus();
    await this.reload().then(() => this.updateComplete);
    if (root.activeElement?.role === 'status') (root.querySelector<HTMLElement>('[part=retry]') ?? this).focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'room-editor': RoomEditor;
  }
}
