import {css, html, LitElement, nothing, type PropertyValues} from 'lit';
import {property, state} from 'lit/decorators.js';
import {Language} from '../controllers/language.js';
import {LinkController} from '../controllers/link.js';
import {asRoomsError, LoadController} from '../controllers/load.js';
import {Source} from '../controllers/source.js';
import {words} from '../locales/words.js';
import type {RoomsError} from '../rooms/errors.js';
import type {Rooms} from '../rooms/rooms.js';
import {joinWindow, roomPhase, tokenExpiry} from '../rooms/rules.js';
import type {Role, Room, TokenRequest} from '../rooms/schema.js';
import {tokens} from '../styles/tokens.js';
import {RoomErrorEvent, RoomJoinEvent, RoomTokenEvent, type JoiningParticipant, type Operation} from './events.js';
import type {RoomPicker} from './room-picker.js';

type State =
  | {status: 'idle'}
  /** A press on the button before a room was chosen. */
  | {status: 'choosing'}
  | {status: 'requesting'}
  /** The token was handed over. */
  | {status: 'done'}
  | {status: 'failed'; error: RoomsError};

/** How long the button rests after a token, in ms: longer than a double click, or Enter and a click, takes. */
const REST = 1000;

/**
 * One button that knows when its room opens, asks for a token once, and hands it to the page.
 *
 * @fires room-join - A person asked to join; nothing was requested yet; cancel it to request nothing.
 * @fires room-token - A token was issued.
 * @fires room-error - Something failed; cancel it and the element shows nothing itself.
 * @slot - The button's text, instead of "Join".
 * @csspart button - The button.
 * @csspart status - The line below: when the room opens, what went wrong.
 * @csspart countdown - The time until the room opens.
 */
export class JoinButton extends LitElement {
  static override shadowRootOptions: ShadowRootInit = {mode: 'open', delegatesFocus: true};

  static override styles = [
    tokens,
    css`
      p {
        display: flex;
        flex-wrap: wrap;
        gap: 0 1em;
        justify-content: space-between;
        align-content: start;
        min-block-size: 2.8em;
        color: var(--_muted);
        font-size: 0.875em;
      }
      .failed {
        color: var(--_danger);
      }
      [part='countdown'] {
        font-variant-numeric: tabular-nums;
      }
    `,
  ];

  /** Address of the token proxy; a button tied to a picker uses the picker's unless it has its own. */
  @property() endpoint = '';
  /** A signed permission for the token proxy. */
  @property() grant = '';
  /** Any `Rooms` to ask instead of the proxy; overrides `endpoint`. */
  @property({attribute: false}) rooms?: Rooms;
  /** The room to join. */
  @property({attribute: 'room-id'}) roomId = '';
  /** Id of the `<room-picker>` whose choice is joined; goes before `room-id`. */
  @property() for = '';
  /** The participant's name; a token proxy that knows the visitor uses what it knows. */
  @property({attribute: 'user-name'}) userName = '';
  /** The page's own reference for the participant; a token proxy that knows the visitor uses what it knows. */
  @property({attribute: 'user-ref'}) userRef = '';
  /** moderator, participant, viewer or audience; participant unless told. The token proxy decides who may be what. */
  @property() override role: string | null = null;
  /** Nobody can join. */
  @property({type: Boolean, reflect: true}) disabled = false;
  /** At most 5 keys about the participant that others in the room may see. */
  @property({attribute: false}) data?: TokenRequest['data'];

  @state() private state: State = {status: 'idle'};

  #source = new Source(this);
  #language = new Language(this, words);
  #picker = new LinkController<RoomPicker>(this);
  #loaded = new LoadController<Room>(this, error => this.#fail(error, 'get'));
  #request?: AbortController;
  #timer?: ReturnType<typeof setTimeout>;
  #shownId?: string;

  override disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    // An element that is merely moved is back before the microtask runs.
    queueMicrotask(() => this.isConnected || this.#drop());
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    const elsewhere = changed.has('endpoint') || changed.has('grant') || changed.has('rooms');
    // What was asked for one room says nothing of the next.
    const id = this.for ? this.#picker.target?.value : this.roomId;
    if (elsewhere || id !== this.#shownId) this.#drop();
    this.#shownId = id;
    if ((elsewhere || changed.has('roomId')) && this.roomId && !this.for) {
      void this.#loaded.run(async signal => this.#rooms.get(this.roomId, {signal}));
    }
  }

  protected override updated() {
    clearTimeout(this.#timer);
    const left = this.#left;
    if (left) this.#timer = setTimeout(() => this.#onTick(), left % 1000 || 1000);
  }

  override render() {
    const {words} = this.#language;
    const {state} = this;
    const left = this.#left;
    const requesting = state.status === 'requesting';
    const failed = state.status === 'failed';
    return html`<button
        part="button"
        ?disabled=${this.disabled}
        aria-disabled=${requesting || state.status === 'done' || left > 0}
        aria-busy=${requesting}
        aria-describedby="status"
        @click=${this.#onClick}
        @keydown=${this.#onKey}
      >
        ${requesting ? words.joining : html`<slot>${words.join}</slot>`}
      </button>
      <p part="status" id="status" class=${failed ? 'failed' : ''}>
        <span role="status">${this.#sentence()}</span>
        ${left ? html`<span part="countdown" role="timer">${countdown(left)}</span>` : nothing}
      </p>`;
  }

  /** The one sentence below the button; announced when it changes, so the seconds are not part of it. */
  #sentence(): string {
    const {words} = this.#language;
    const {state} = this;
    const room = this.#room;
    if (this.#left) return words.opens(this.#language.time(this.#now + this.#left, this.#now));
    if (state.status === 'choosing' && !room) return words.chooseFirst;
    if (state.status === 'failed') return words.failures[state.error.code];
    return room && roomPhase(room, this.#now) === 'over' ? words.failures.over : '';
  }

  get #rooms(): Rooms {
    const source = this.#picker.target?.source;
    return source && !this.#source.own ? source.rooms : this.#source.rooms;
  }

  get #room(): Room | undefined {
    if (this.for) return this.#picker.target?.room;
    const {state} = this.#loaded;
    return state.status === 'loaded' && state.value.room_id === this.roomId ? state.value : undefined;
  }

  /** By the server's clock, since a visitor's own may be wrong; epoch ms. */
  get #now(): number {
    return this.#rooms.now?.() ?? Date.now();
  }

  /** Time until the room opens, in ms; 0 when it is open, or nobody can say. A refusal knows better than the room. */
  get #left(): number {
    const {state} = this;
    const room = this.#room;
    if (!room || state.status === 'requesting') return 0;
    const opensAt = (state.status === 'failed' && state.error.opensAt) || joinWindow(room)?.opensAt;
    return opensAt ? Math.max(opensAt.getTime() - this.#now, 0) : 0;
  }

  #onTick() {
    // What a refusal said is past once the room has opened.
    if (!this.#left) this.#drop();
    this.requestUpdate();
  }

  #onKey(event: KeyboardEvent) {
    // A key held down is one gesture.
    if (event.repeat) event.preventDefault();
  }

  #onClick(event: MouseEvent) {
    // The second click of a double click is no wish of its own.
    if (event.detail > 1 || this.#left || /requesting|done/.test(this.state.status)) return;
    if (!this.for || this.#room) return void this.#join();
    this.state = {status: 'choosing'};
    this.#picker.target?.focus();
  }

  async #join() {
    const request = (this.#request = new AbortController());
    const {signal} = request;
    const known = this.#room;
    let operation: Operation = 'get';
    this.state = {status: 'requesting'};
    try {
      const rooms = this.#rooms;
      const asked: JoiningParticipant = {
        name: this.userName.trim() || undefined,
        // Whatever the attribute says: what is no role is refused where the request is checked.
        role: (this.role ?? 'participant') as Role,
        userRef: this.userRef || undefined,
      };
      const room = known ?? (await rooms.get(this.roomId, {signal}));
      if (signal.aborted) return;
      if (!this.dispatchEvent(new RoomJoinEvent(room, asked))) return this.#drop();
      operation = 'token';
      const wish = {name: asked.name, role: asked.role, user_ref: asked.userRef, data: this.data};
      const issued = await rooms.token(room.room_id, wish, {signal, idempotencyKey: gesture()});
      if (signal.aborted) return;
      this.state = {status: 'done'};
      setTimeout(() => this.#request === request && this.#drop(), REST);
      const {token, provider = 'rooms', server_url: serverUrl, connection} = issued;
      const {name = asked.name, role = asked.role, user_ref: userRef = asked.userRef} = issued.participant ?? {};
      const participant = {name, role, userRef};
      const expiresAt = tokenExpiry(issued, this.#now);
      this.dispatchEvent(new RoomTokenEvent({token, expiresAt, room, participant, provider, serverUrl, connection}));
    } catch (cause) {
      if (signal.aborted) return;
      this.#fail(asRoomsError(cause), operation);
    }
  }

  #fail(error: RoomsError, operation: Operation): boolean {
    const show = this.dispatchEvent(new RoomErrorEvent(error, operation));
    this.state = show ? {status: 'failed', error} : {status: 'idle'};
    return show;
  }

  /** A token that is still on its way is for a room, or a page, that is no longer the one. */
  #drop() {
    this.#request?.abort();
    this.#request = undefined;
    this.state = {status: 'idle'};
  }
}

/** The time left as a clock, `00:04:05`; nothing when it is a day or more. */
const countdown = (ms: number) => (ms < 86_400_000 ? new Date(ms + 999).toISOString().slice(11, 19) : '');

/** An Idempotency-Key; `crypto.randomUUID` is missing from pages without https. */
const gesture = () => crypto.getRandomValues(new Uint32Array(4)).join('-');

// The first to come stays: a page may load the same element twice.
if (!customElements.get('join-button')) customElements.define('join-button', JoinButton);

declare global {
  interface HTMLElementTagNameMap {
    'join-button': JoinButton;
  }
}
