import {html, LitElement, nothing, type PropertyValues, type TemplateResult} from 'lit';
import {property, state} from 'lit/decorators.js';
import {Connection} from '../controllers/connection.js';
import {Language} from '../controllers/language.js';
import {LinkController} from '../controllers/link.js';
import {LoadController} from '../controllers/load.js';
import {inTime, missing} from '../controllers/missing.js';
import {Slots} from '../controllers/slots.js';
import {Source} from '../controllers/source.js';
import {words} from '../locales/joining/joining.js';
import type {Rooms} from '../rooms/rooms.js';
import type {Room} from '../rooms/room.js';
import type {TokenRequest} from '../rooms/schema.js';
import {joinWindow} from '../rooms/times.js';
import {styledRoot} from '../styles/root.js';
import {tokens} from '../styles/tokens.js';
import {reportError, RoomLeaveEvent} from './events.js';
import {styles} from './join-button.styles.js';
import {JoinPress, REST, type LinkedPreJoin} from './join-press.js';
import {cssState, isBusy, settled, waitOf, type JoinState} from './join-state.js';
import type {JoinStatus} from './join-status.js';
import {labelOf, plainSentence} from './join-words.js';
import {onStage} from './late-stage.js';
import type {RoomPicker} from './room-picker.js';
import {renderSignIn} from './sign-in.js';
import type {StatusPopover} from './status-popover.js';

const MINUTE = 60_000;

/**
 * One button that knows when its room opens, asks for a token once, and hands it to the page.
 *
 * @fires room-join - A person asked to join, and nothing was requested yet. Cancel it to stop the request.
 * @fires room-token - A token was issued.
 * @fires room-leave - A person in the call asked to leave it.
 * @fires room-error - Something failed. Cancel it to keep the element from showing the failure.
 * @slot - The button's text, instead of "Join".
 * @slot sign-in - Shown below a failure if the visitor has to sign in: a link to your login.
 * @csspart button - The button.
 * @csspart leave - The button while it leaves the call; beside `button`.
 * @csspart status - The lines below the button: when the room opens, or what went wrong. Absent if they are empty.
 * @csspart countdown - The time until the button can be pressed.
 * @csspart label - The label of the field for the name.
 * @csspart input - The field for the name.
 * @cssstate waiting - The room is not open yet.
 * @cssstate busy - It asks for a token.
 * @cssstate done - The page has got a token.
 * @cssstate joined - The visitor is in the call.
 * @cssstate failed - Something went wrong.
 */
export class JoinButton extends LitElement {
  static override shadowRootOptions: ShadowRootInit = {mode: 'open', delegatesFocus: true};

  static override styles = [tokens, styles];

  /** Address of the token proxy. With `for`, the picker's is used if this is empty. */
  @property() endpoint = '';
  /** A signed permission for the token proxy. */
  @property() grant = '';
  /** Any `Rooms`, used instead of `endpoint` and `grant`. */
  @property({attribute: false}) rooms?: Rooms | undefined;
  /** The room to join. */
  @property({attribute: 'room-id'}) roomId = '';
  /**
   * Ids, with spaces, of a `<room-picker>` whose chosen room is joined, which overrides `room-id`, and of a `<pre-join>` that
   * knows name and consent.
   */
  @property() for = '';
  /**
   * The participant's name. A token proxy that knows the visitor's name uses that one. If nobody knows a name, the element
   * asks for one.
   */
  @property({attribute: 'user-name'}) userName = '';
  /** The page's own reference for the participant. A token proxy that knows the visitor uses its own. */
  @property({attribute: 'user-ref'}) userRef = '';
  /**
   * The role to join in: moderator, participant, viewer or audience. The token proxy decides which roles a visitor may have.
   *
   * @default 'participant'
   */
  @property({attribute: 'user-role'}) userRole = '';
  /** Turns the button off. */
  @property({type: Boolean, reflect: true}) disabled = false;
  /** Joins without a name if nobody knows one; then the token proxy decides. */
  @property({type: Boolean, attribute: 'no-name'}) noName = false;
  /** Keeps no lines free below the button. What there is to say is in a popover. */
  @property({type: Boolean}) compact = false;
  /** Whether the visitor is in the call. The page, or a `<room-stage>`, sets it; the button then leaves. */
  @property({attribute: false}) joined = false;
  /** Facts about the participant that others in the room may see; at most 5 keys. */
  @property({attribute: false}) data?: TokenRequest['data'] | undefined;

  @state() private state: JoinState = {status: 'idle'};
  /** What is said below the button; null if the file with it does not come. */
  @state() private lines?: JoinStatus | null;

  #source = new Source(this);
  #language = new Language(this, words);
  #connection = new Connection(this);
  #picker = new LinkController<RoomPicker>(this, 'source');
  #preJoin = new LinkController<LinkedPreJoin>(this, 'takeStream');
  #states = statesOf(this);
  #brought?: Promise<unknown> | undefined;
  #popover?: StatusPopover;
  #slots = new Slots(this);
  // A failed load does not replace what is shown already.
  #loaded = new LoadController<Room>(
    this,
    error => (isBusy(this.state) || this.room ? reportError(this, error, 'get') : this.#press.fail(error, 'get')),
    () => this.#bring(),
  );
  #press = new JoinPress(this, {
    source: () => this.#from,
    // A room that was chosen in the same task is not another one at the next update.
    follow: () => (this.#shownId = this.#id),
    ready: () => this.#bring(),
    show: state => (this.state = state),
  });
  #timer?: ReturnType<typeof setTimeout>;
  #shownId?: string;
  /** The server's time at the last update, in epoch ms. A visitor's own clock may be wrong. */
  #now = 0;
  /** How far the visitor's clock is ahead of the monotonic clock, in ms. A change means a sleep or a clock that was set. */
  #drift = 0;

  /** The same as `for`, under the name that `<label>` gives it: some frameworks, such as Angular, set this one. */
  get htmlFor(): string {
    return this.for;
  }
  set htmlFor(id: string) {
    this.for = id;
  }

  /** The room to join, once it is loaded. */
  get room(): Room | undefined {
    if (this.#isPicked) return this.#picker.target?.room;
    const {state} = this.#loaded;
    return state.status === 'loaded' && state.value.room_id === this.roomId ? state.value : undefined;
  }

  /** The `<pre-join>` among the elements that `for` names. */
  get preJoin(): LinkedPreJoin | undefined {
    return this.#preJoin.target;
  }

  override connectedCallback() {
    super.connectedCallback();
    const {signal} = this.#connection;
    void this.#bring();
    const view = this.ownerDocument.defaultView;
    view?.addEventListener('online', () => this.#onOnline(), {signal});
    // Leaving the page ends the request, even if the browser keeps the page and restores it.
    view?.addEventListener('pagehide', () => this.state.status === 'requesting' && this.#press.drop(), {signal});
    view?.addEventListener('pageshow', ({persisted}) => persisted && void this.#refresh(), {signal});
    onStage(
      this.ownerDocument,
      take => this.#press.unread && !this.#press.unread.expired && take(this, this.#press.unread),
      signal,
    );
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    // An element that is only moved is back before the microtask runs.
    queueMicrotask(() => this.isConnected || this.#press.drop());
  }

  protected override createRenderRoot() {
    return styledRoot(this);
  }

  adoptedCallback() {
    styledRoot(this);
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    this.#follow();
    const isIn = this.state.status === 'joined';
    if (this.joined && !isIn) this.state = {status: 'joined', since: performance.now()};
    if (!this.joined && isIn) this.state = {status: 'idle', remark: 'left'};
    if (changed.has('compact') && this.compact) {
      void import('./status-popover.js').then(
        ({StatusPopover}) => (this.#popover ??= new StatusPopover(this)),
        missing,
      );
    }
    if (this.room ?? this.state.until) {
      this.#now = this.#from.now;
      this.state = settled(this.state, this.room, this.#now);
    }
  }

  protected override updated() {
    this.#states?.clear();
    this.#states?.add(cssState(this.state));
    clearTimeout(this.#timer);
    const then = this.state.until ?? Number(this.room && joinWindow(this.room)?.endsAt);
    const left = then && then - this.#now;
    if (!(left > 0)) return;
    this.#drift ||= drift();
    // While the countdown runs, at each full second; else at least once a minute, since a timer cannot wait for a month.
    this.#timer = setTimeout(
      () => this.#onTick(),
      waitOf(this.state, this.#now) ? left % 1000 || 1000 : Math.min(left, MINUTE),
    );
  }

  /**
   * Leaves the call, as the page or a `<room-stage>` has done, or says that it never began. The button can then join again.
   * A token that is still asked for, or that nobody has read yet, is not of that call.
   */
  left() {
    const {state} = this;
    if (!isBusy(state) || state.taken) this.#press.forget();
    this.joined = false;
  }

  override render(): TemplateResult {
    const {words} = this.#language;
    const {state, compact} = this;
    const {status} = state;
    const scene = {state, room: this.room, entered: this.#press.entered, role: this.userRole, now: this.#now};
    const left = waitOf(state, this.#now);
    const requesting = status === 'requesting';
    const sentence = this.lines?.sentence(scene) ?? plainSentence(words, scene);
    const isAsking = status === 'asking';
    const isIn = status === 'joined';
    const hasText = !isIn && this.#slots.filled.has('');
    const unseen = left || requesting || compact ? 'unseen' : '';
    const said = html`<span role="status" id="status" class=${unseen} .textContent=${sentence}></span>`;
    const signIn = renderSignIn(status === 'failed' && state.error);
    return html`<button
        part=${isIn ? 'button leave' : 'button'}
        ?disabled=${this.disabled}
        aria-disabled=${isBusy(state) || left > 0}
        aria-busy=${requesting}
        aria-describedby=${left ? 'reason' : 'status'}
        @click=${this.#onClick}
        @keydown=${this.#onKey}
      >
        <span>${hasText ? html`<slot></slot>` : html`<span .textContent=${labelOf(words, scene)}></span>`}</span>
        <span .textContent=${words.joining}></span>
      </button>
      ${compact ? said : nothing}
      <p
        part=${(left || isAsking || (sentence && !requesting) ? 'status' : nothing) as string}
        class="${compact ? 'over' : 'lines'} ${status}"
      >
        ${left ? (this.lines?.renderWait(left, scene) ?? this.#plainWait()) : nothing}
        ${isAsking ? this.#press.name!.render(state.fault !== undefined) : nothing}
        ${
          !compact
            ? said
            : left || requesting
              ? nothing
              : html`<span class="copy" aria-hidden="true" .textContent=${sentence}></span>`
        }
        ${compact ? signIn : nothing}
      </p>
      ${compact ? nothing : signIn}`;
  }

  /** Why the visitor has to wait, if the file that says more does not come. */
  #plainWait() {
    const {opensByItself} = this.#language.words;
    return this.lines === null ? html`<span id="reason" .textContent=${opensByItself}></span>` : nothing;
  }

  get #from(): Source {
    return this.#source.or(this.#picker.target?.source);
  }

  get #id(): string | undefined {
    return this.#isPicked ? this.#picker.target?.value : this.roomId;
  }

  /** Whether a picker says which room is joined. It may not be there yet. */
  get #isPicked(): boolean {
    return !!this.for && !(this.preJoin && !this.#picker.target);
  }

  /** Starts anew if the room is another one, and loads it if it comes from somewhere else. */
  #follow() {
    const isNew = this.#source.isNew(this.roomId);
    // The state of one room means nothing for the next.
    const id = this.#id;
    if (id !== this.#shownId && !this.joined) this.#press.drop();
    // A press goes on: see `withRooms`.
    else if (isNew && !isBusy(this.state)) this.state = {status: 'idle'};
    this.#shownId = id;
    if (isNew) void this.#load(true);
  }

  async #load(quiet = false) {
    if (this.#isPicked || !this.roomId) return;
    await this.#loaded.run(async signal => this.#from.rooms.get(this.roomId, {signal}), {quiet});
  }

  /** Loads what is said below the button, at the same time as the room. A failure waits for it. */
  #bring(): Promise<unknown> {
    const come = async () => {
      try {
        const {JoinStatus} = await import('./join-status.js');
        this.lines ||= new JoinStatus(this, this.#language);
        await this.lines.ready;
      } catch (cause) {
        missing(cause);
        this.lines = null;
        this.#brought = undefined;
      }
    };
    return (this.#brought ??= inTime(come()));
  }

  /** Loads the room and the server's time again, after a sleep or when the visitor's clock was set. */
  async #refresh() {
    this.#drift = drift();
    await (this.#isPicked ? this.#picker.target?.reload({quiet: true}) : this.#load(true));
    this.requestUpdate();
  }

  #onTick() {
    if (Math.abs(drift() - this.#drift) > REST) void this.#refresh();
    else this.requestUpdate();
  }

  #onOnline() {
    const {state} = this;
    if (state.status === 'failed' && state.error.code === 'offline') {
      this.state = {status: 'idle', remark: 'backOnline'};
    }
    if (!this.room) void this.#load();
  }

  #onKey(event: KeyboardEvent) {
    // Holding a key down is one gesture.
    if (event.repeat) event.preventDefault();
  }

  #onClick(event: MouseEvent) {
    // The second click of a double click is not a new request.
    if (event.detail > 1) return;
    this.#onPress();
  }

  #onPress() {
    const {state} = this;
    if (state.status === 'joined') {
      // Whoever pressed twice to join does not want to leave.
      if (performance.now() - state.since > REST)
        this.dispatchEvent(new RoomLeaveEvent(this.#press.entered ?? this.room));
      return;
    }
    if (waitOf(state, this.#now) || isBusy(state)) return;
    if (this.#isPicked && !this.#id) {
      this.state = {status: 'idle', remark: 'chooseFirst'};
      this.#picker.target?.focus();
      return;
    }
    const fault = state.status === 'asking' && this.#press.name!.fault;
    if (fault) {
      this.state = {status: 'asking', fault};
      return this.#press.name!.focus();
    }
    if (this.preJoin?.reportValidity() === false) return;
    void this.#press.join();
  }
}

/** See `#drift`. */
const drift = () => Date.now() - performance.now();

/** The states of an element that styles see, if the browser has them: Chrome before 125 and simulated pages do not. */
const statesOf = (host: HTMLElement) =>
  globalThis.CSS?.supports?.('selector(:state(done))') ? host.attachInternals?.().states : undefined;

declare global {
  interface HTMLElementTagNameMap {
    'join-button': JoinButton;
  }
}
