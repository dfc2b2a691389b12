import {html, LitElement, nothing, type PropertyValues, type TemplateResult} from 'lit';
import {property, state} from 'lit/decorators.js';
import {Connection} from '../controllers/connection.js';
import {keepKeys} from '../controllers/keys.js';
import {Language} from '../controllers/language.js';
import {LoadController} from '../controllers/load.js';
import {Source} from '../controllers/source.js';
import {Unsaved} from '../controllers/unsaved.js';
import {managing} from '../locales/managing/managing.js';
import {words} from '../locales/joining/joining.js';
import {telling} from '../locales/telling/telling.js';
import {sayMinutes, sayTime} from '../locales/time.js';
import type {Rooms} from '../rooms/rooms.js';
import {isTooLate} from '../rooms/rules.js';
import type {Room} from '../rooms/room.js';
import {controls} from '../styles/controls.js';
import {styledRoot} from '../styles/root.js';
import {tokens} from '../styles/tokens.js';
import {DeleteQuestion} from './delete-question.js';
import {messageOf, type EditorState} from './editor-words.js';
import {reportError} from './events.js';
import {MadeRoom} from './made-room.js';
import {styles} from './room-editor.styles.js';
import {renderActions, renderGroups} from './room-fields.js';
import {
  bodyOf,
  faultsIn,
  fieldOf,
  FIELDS,
  formOf,
  isAsked,
  scheduled,
  sentenceOf,
  type Form,
  type FormField,
  WholeRoom,
} from './room-form.js';
import {RoomWriter} from './room-write.js';
import {renderSignIn} from './sign-in.js';

/** Fields whose change can make another field wrong that nobody touched. */
const TOUCHING: Partial<Record<FormField, FormField[]>> = {
  participants: ['max_active_talkers', 'opening', 'mode'],
  audiences: ['send_audiences_stats', 'hls_view_url'],
};

/**
 * A form that creates a room, or changes and deletes the room in `room-id`. It checks the fields by the platform's rules,
 * shows a refusal of the platform at its field, and sends only what was changed. The token proxy decides who may do this.
 *
 * While there are unsaved changes, the browser asks before the page is left, but not in a frame with `sandbox` and without
 * `allow-modals`.
 *
 * @fires room-save - A person asked to create or change a room, and nothing was requested yet. Cancel it to stop the request.
 * @fires room-saved - The room was created or changed.
 * @fires room-delete - A person asked to delete the room and confirmed it. Cancel it to stop the request.
 * @fires room-deleted - The room was deleted.
 * @fires room-error - Something failed. Cancel it to keep the element from showing the failure.
 * @slot sign-in - Shown beside a failure if the visitor has to sign in: a link to your login.
 * @csspart title - The line above the form.
 * @csspart form - The form.
 * @csspart group - Fields behind a disclosure.
 * @csspart field - A field with its label, help and fault.
 * @csspart given - A field that is only shown; beside `field`.
 * @csspart label - A field's label.
 * @csspart input - A field's control.
 * @csspart help - What a field is for.
 * @csspart fault - What is wrong with a field.
 * @csspart status - The line below the form: what was done, or what went wrong.
 * @csspart failure - That line if something went wrong; beside `status`.
 * @csspart save - The button that creates or changes the room.
 * @csspart discard - The button that discards unsaved changes.
 * @csspart delete - The buttons that delete the room, in the form and in the dialog.
 * @csspart dialog - The question before a room is deleted.
 * @csspart keep - The button that closes the dialog and deletes nothing.
 * @csspart retry - The button that loads again.
 * @csspart length - A button that sets the duration.
 * @csspart window - When people can come into a scheduled room.
 * @csspart made - Below the form when a room was created: its link, and a `<join-button>` for it.
 * @csspart link - The link with its button.
 * @csspart address - The link itself.
 * @csspart copy - The button that copies the link.
 */
export class RoomEditor extends LitElement {
  static override styles = [tokens, controls, styles];

  /** Address of the token proxy. */
  @property() endpoint = '';
  /** A signed permission for the token proxy. Replacing it keeps unsaved changes. */
  @property() grant = '';
  /** Any `Rooms`, used instead of `endpoint` and `grant`. */
  @property({attribute: false}) rooms?: Rooms | undefined;
  /** The room to change or delete; if empty, the form creates a room. A new value discards unsaved changes. */
  @property({attribute: 'room-id'}) roomId = '';
  /**
   * Where people join a room, such as `https://meet.example/r/{room}`; `{room}` stands for its id. It is shown for copying when
   * a room was created. Without it, the address of a page with `<green-room deep-link>` around this element.
   */
  @property() link = '';

  @state() private form: Form = formOf();
  /** The room as last loaded or saved. */
  @state() private room?: Room;
  @state() private state: EditorState = {status: 'editing'};
  /** The fields that were changed and left; all fields once the form was submitted. */
  @state() private touched: ReadonlySet<FormField> = new Set();
  #source = new Source(this, WholeRoom);
  #writer = new RoomWriter(this, this.#source);
  #words = new Language(this, words);
  #managing = new Language(this, managing);
  #told = new Language(this, telling);
  #loaded = new LoadController<Room>(this, error => reportError(this, error, 'get'));
  #question = new DeleteQuestion(this, () => this.#onSure());
  #madeRoom = new MadeRoom(this);
  #faults: ReturnType<typeof faultsIn> = new Map();
  /** The form before any change. */
  #was = this.form;
  /** The last loaded room, so that each load fills the form only once. */
  #taken?: Room;
  /** The room created just now. If the page sets its id as `room-id`, the form keeps its message and the focus. */
  #made?: Room;

  constructor() {
    super();
    new Connection(this);
    keepKeys(this);
    new Unsaved(this, () => this.dirty);
  }

  /** Whether there are unsaved changes. While there are, the browser asks before the page is left. */
  get dirty(): boolean {
    return FIELDS.some(field => this.form[field] !== this.#was[field]);
  }

  protected override createRenderRoot() {
    return styledRoot(this);
  }

  adoptedCallback() {
    styledRoot(this);
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    // A new grant loads nothing over unsaved changes: the room is there already.
    const renewed = changed.has('grant') && !this.dirty;
    const elsewhere = changed.has('endpoint') || changed.has('rooms') || renewed;
    if (this.roomId && this.#made?.room_id === this.roomId) {
      const {state} = this;
      this.#take(this.#made);
      this.state = state;
    } else if (changed.has('roomId')) void this.reload();
    else if (elsewhere && this.roomId) void this.#load(true);
    this.#made = undefined;
    const {state} = this.#loaded;
    if (state.status === 'loaded' && state.value !== this.#taken && state.value.room_id === this.roomId) {
      this.#taken = state.value;
      // Nothing that a person does with the room is lost.
      const isInUse = this.dirty || this.#writer.busy || this.state.status !== 'editing' || this.#question.isOpen;
      if (!this.room || !isInUse) this.#take(state.value);
    }
    this.#faults = faultsIn(this.form, {room: this.room, now: this.#source.now});
  }

  /** Loads the room again and discards unsaved changes. */
  async reload(): Promise<void> {
    const {roomId} = this;
    this.#take(undefined);
    if (roomId) await this.#load();
  }

  async #load(quiet = false) {
    await this.#loaded.run(async signal => this.#source.rooms.get(this.roomId, {signal}), {quiet});
  }

  /** Focuses the first field. */
  override focus(options?: FocusOptions) {
    this.renderRoot.querySelector<HTMLElement>('input')?.focus(options);
  }

  override render(): TemplateResult {
    const {words} = this.#managing;
    const phase = this.#phase;
    const isGone = phase === 'gone';
    const {status} = this.state;
    const {state: work} = isGone ? this.#loaded : this.#writer;
    const failed = work.status === 'failed' || status === 'wrong';
    const message = messageOf({
      words,
      failures: this.#told.words.failures,
      state: this.state,
      loaded: this.#loaded.state,
      writing: this.#writer.state,
      phase,
      isFieldRefused: this.#refused !== undefined,
      tooLate: this.#tooLate,
    });
    const part = `status ${failed ? 'failure' : ''}`;
    return html`<form
        part="form"
        class=${status === 'deleted' ? 'gone' : ''}
        novalidate
        autocomplete="off"
        .inert=${phase !== 'ready'}
        aria-busy=${phase === 'loading'}
        @submit=${this.#onSubmit}
        @input=${this.#onInput}
        @change=${this.#onChange}
      >
        <h2 part="title" .textContent=${this.#title()}></h2>
        <fieldset ?disabled=${this.#tooLate}>
          ${renderGroups({
            form: this.form,
            room: this.room,
            editing: this.roomId !== '',
            words,
            faultOf: field => this.#faultOf(field),
            timeOf: time => sayTime(this.#managing.tag, time, this.#source.now),
            minutesOf: minutes => sayMinutes(this.#managing.tag, minutes),
            onLength: minutes => this.#change('duration', String(minutes)),
          })}
        </fieldset>
        ${renderActions({
          words,
          editing: this.roomId !== '',
          dirty: this.dirty,
          busy: this.#writer.busy || phase !== 'ready',
          tooLate: this.#tooLate,
          status: this.#writer.state.status,
          onSave: event => this.#onSubmit(event),
          onDiscard: () => this.#onDiscard(),
          onDelete: event => this.#onDelete(event),
        })}
      </form>
      ${
        isGone
          ? html`<div class="instead">
              <p part=${part} tabindex="-1" .textContent=${message}></p>
              ${failed ? html`<button part="retry" @click=${this.#onRetry} .textContent=${this.#words.words.retry}></button>` : nothing}
            </div>`
          : nothing
      }
      <p
        part=${isGone ? '' : part}
        class=${isGone ? 'unseen' : ''}
        role="status"
        tabindex="-1"
        .textContent=${message}
      ></p>
      ${this.state.status === 'done' && this.state.made ? this.#madeRoom.render(this.state.made.room_id) : nothing}
      ${renderSignIn(work.status === 'failed' && work.error)} ${this.#question.render(this.room?.name ?? '', words)}`;
  }

  /** `gone`: the room cannot be shown, because it was deleted or could not be loaded. */
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

  /** The fault shown at a field; empty until the field was left or the form was submitted. */
  #faultOf(field: FormField): string {
    const {state} = this.#writer;
    const refused = state.status === 'failed' && this.#refused === field ? state.error : undefined;
    const isTouched = [field, ...(TOUCHING[field] ?? [])].some(each => this.touched.has(each));
    const fault = refused ?? (isTouched ? this.#faults.get(field) : undefined);
    return fault ? sentenceOf(fault, field, this.#managing.words, this.form) : '';
  }

  /** The field whose value the platform refused. */
  get #refused(): FormField | undefined {
    const {state} = this.#writer;
    const field = state.status === 'failed' ? fieldOf(state.error) : undefined;
    return field && isAsked(field, this.form) ? field : undefined;
  }

  get #tooLate(): boolean {
    return this.room !== undefined && isTooLate(this.room, this.#source.now);
  }

  /** Shows a room, or the form for a new one. The outcome of a running write is no longer shown. */
  #take(room: Room | undefined) {
    this.room = room;
    this.form = this.#was = formOf(room);
    this.touched = new Set();
    this.#writer.forget();
    this.state = {status: 'editing'};
    // The dialog asks about the previous room.
    this.#question.show(false);
  }

  #onInput(event: Event) {
    const {name, type, value, checked} = event.target as HTMLInputElement;
    this.#change(name as FormField, type === 'checkbox' ? checked : value);
  }

  #change(name: FormField, value: string | boolean) {
    this.form = {...this.form, [name]: value};
    if (value === 'scheduled' && !this.roomId) this.form = scheduled(this.form, this.#source.now);
    const {state, busy} = this.#writer;
    // The refusal of a field stays until that field changes.
    if (state.status === 'failed' && (this.#refused ?? name) === name) this.#writer.forget();
    if (!busy) this.state = {status: 'editing'};
  }

  #onChange(event: Event) {
    this.touched = new Set([...this.touched, (event.target as HTMLInputElement).name as FormField]);
  }

  #onDiscard() {
    if (!this.#writer.busy && this.dirty) this.#take(this.room);
  }

  /** Called by the click on the button that saves: a form in a frame with `sandbox` may submit nothing. */
  #onSubmit(event: Event) {
    event.preventDefault();
    if (this.#writer.busy || this.#tooLate) return this.requestUpdate();
    this.touched = new Set(FIELDS);
    this.#faults = faultsIn(this.form, {room: this.room, now: this.#source.now});
    const wrong = FIELDS.filter(field => this.#faults.has(field));
    if (wrong.length) {
      this.state = {status: 'wrong', count: wrong.length};
      void this.#point(wrong);
    } else if (this.room && !Object.keys(bodyOf(this.form, this.#was)).length) {
      this.#take(this.room);
      this.state = {status: 'done', say: words => words.unchanged};
    } else void this.#save();
  }

  /** Opens the groups of all wrong fields and focuses the first of them. */
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

  /** Shows the saved room and keeps what was typed meanwhile. */
  #settle(saved: Room, sent: Form) {
    const {form: typed, room: before} = this;
    this.#take(before && saved);
    if (!before) this.#made = saved;
    const meanwhile = FIELDS.filter(field => typed[field] !== sent[field]).map(field => [field, typed[field]] as const);
    this.form = {...this.form, ...Object.fromEntries(meanwhile)};
    this.state = before
      ? {status: 'done', say: words => words.saved}
      : {status: 'done', say: words => words.created(saved.name), made: saved};
  }

  #onDelete(event: Event) {
    if (this.#writer.busy) return;
    // The focus returns here after the dialog. Not every browser focuses a button that is clicked.
    (event.currentTarget as HTMLElement).focus();
    this.#question.show(true);
  }

  #onSure() {
    if (this.room && !this.#writer.busy) void this.#delete(this.room);
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
    // The button that had the focus no longer exists.
    if (focused) this.renderRoot.querySelector<HTMLElement>('[part~=status]')!.focus();
  }

  async #onRetry() {
    // The focused button disappears. If the visitor moves the focus meanwhile, it stays where they moved it.
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
