import {css, html, LitElement, nothing, type PropertyValues} from 'lit';
import {property, state} from 'lit/decorators.js';
import {Gesture} from '../controllers/gesture.js';
import {Language} from '../controllers/language.js';
import {LinkController} from '../controllers/link.js';
import {asRoomsError, LoadController} from '../controllers/load.js';
import {Source} from '../controllers/source.js';
import {words} from '../locales/joining/joining.js';
import {RoomsError} from '../rooms/errors.js';
import type {Rooms} from '../rooms/rooms.js';
import {clockOf, joinWindow, roomPhase, tokenExpiry} from '../rooms/rules.js';
import {Role, type Room, type TokenRequest} from '../rooms/schema.js';
import {tokens} from '../styles/tokens.js';
import {RoomErrorEvent, RoomJoinEvent, RoomTokenEvent, type JoiningParticipant, type Operation} from './events.js';
import {isBusy, settled, waitOf, type JoinState} from './join-state.js';
import type {RoomPicker} from './room-picker.js';

/** How long the button rests after a token, in ms: longer than a double click, or Enter and a click, takes. */
const REST = 1000;

const MINUTE = 60_000;

/**
 * One button that knows when its room opens, asks for a token once, and hands it to the page.
 *
 * @fires room-join - A person asked to join; nothing was requested yet; cancel it to request nothing.
 * @fires room-token - A token was issued.
 * @fires room-error - Something failed; cancel it and the element shows nothing itself.
 * @slot - The button's text, instead of "Join".
 * @csspart button - The button.
 * @csspart status - The lines below: when the room opens, what went wrong.
 * @csspart countdown - The time until the button can be pressed.
 */
export class JoinButton extends LitElement {
  static override shadowRootOptions: ShadowRootInit = {mode: 'open', delegatesFocus: true};

  static override styles = [
    tokens,
    css`
      /* Two labels in one place, so that the button is as large with either. */
      button {
        display: grid;
        place-items: center;
      }
      button > * {
        grid-area: 1 / 1;
      }
      [aria-busy='true'] > :first-child,
      [aria-busy='false'] > :last-child {
        visibility: hidden;
      }
      /* As wide, and as high, whatever it says. */
      :host {
        grid-template-columns: minmax(0, 1fr);
      }
      p {
        container-type: inline-size;
        contain-intrinsic-inline-size: 20rem;
        display: flow-root;
        color: var(--_muted);
        font-size: 0.875em;
      }
      p::before {
        content: '';
        float: inline-start;
        block-size: 2.8em;
      }
      @container (inline-size < 36em) {
        p::before {
          block-size: 4.2em;
        }
      }
      @container (inline-size < 20em) {
        p::before {
          block-size: 5.6em;
        }
      }
      .failed {
        color: var(--_danger);
      }
      .unseen {
        position: absolute;
        clip-path: inset(50%);
      }
      [part='countdown'] {
        float: inline-end;
        margin-inline-start: 1em;
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
  /**
   * moderator, participant, viewer or audience; participant unless told. The token proxy decides who may be what. ARIA has
   * an attribute of this name too, so the element adds ` none`, which is all that assistive technology reads there.
   */
  @property({converter: text => text?.trim().split(' ')[0] ?? null}) override role: string | null = null;
  /** Nobody can join. */
  @property({type: Boolean, reflect: true}) disabled = false;
  /** At most 5 keys about the participant that others in the room may see. */
  @property({attribute: false}) data?: TokenRequest['data'];

  @state() private state: JoinState = {status: 'idle'};

  #source = new Source(this);
  #language = new Language(this, words);
  #picker = new LinkController<RoomPicker>(this);
  // What is shown already is not taken away by a load that fails.
  #loaded = new LoadController<Room>(this, error =>
    isBusy(this.state) || this.#room ? this.#tell(error, 'get') : this.#fail(error, 'get'),
  );
  #connected?: AbortController;
  #request?: AbortController;
  /** What was asked for last and may have been granted, though no answer came: asked again, it is the same gesture. */
  #gesture = new Gesture();
  #timer?: ReturnType<typeof setTimeout>;
  #shownId?: string;
  /** By the server's clock, since a visitor's own may be wrong; epoch ms, as of the last update. */
  #now = 0;
  /** How far the visitor's clock is ahead of one that nobody can set, in ms. */
  #drift = 0;

  override connectedCallback() {
    super.connectedCallback();
    const {signal} = (this.#connected = new AbortController());
    addEventListener('online', () => this.#onOnline(), {signal});
    // Who leaves the page does not join, even if the page is kept and comes back.
    addEventListener('pagehide', () => this.state.status === 'requesting' && this.#drop(), {signal});
    addEventListener('pageshow', ({persisted}) => persisted && void this.#refresh(), {signal});
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.#connected!.abort();
    clearTimeout(this.#timer);
    // An element that is merely moved is back before the microtask runs.
    queueMicrotask(() => this.isConnected || this.#drop());
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    const elsewhere = changed.has('endpoint') || changed.has('grant') || changed.has('rooms');
    // What was asked for one room says nothing of the next.
    const id = this.#id;
    if (elsewhere || id !== this.#shownId) this.#drop();
    this.#shownId = id;
    if (elsewhere || changed.has('roomId')) void this.#load();
    // Where the rooms are, whose clock it is, may be unknown as long as there is nothing to wait for.
    if (this.#room ?? this.state.until) {
      this.#now = clockOf(this.#rooms);
      this.state = settled(this.state, this.#room, this.#now);
    }
    const role = this.getAttribute('role');
    if (role && !role.includes(' ')) this.setAttribute('role', `${role} none`);
  }

  protected override updated() {
    clearTimeout(this.#timer);
    const then = this.state.until ?? Number(this.#room && joinWindow(this.#room)?.endsAt);
    const left = then && then - this.#now;
    if (!(left > 0)) return;
    this.#drift ||= drift();
    // At the full second while one counts; else now and then, since a timer cannot wait for a month.
    this.#timer = setTimeout(
      () => this.#onTick(),
      waitOf(this.state, this.#now) ? left % 1000 || 1000 : Math.min(left, MINUTE),
    );
  }

  override render() {
    const {words} = this.#language;
    const {state} = this;
    const {status} = state;
    const left = waitOf(state, this.#now);
    const requesting = status === 'requesting';
    return html`<button
        part="button"
        ?disabled=${this.disabled}
        aria-disabled=${isBusy(state) || left > 0}
        aria-busy=${requesting}
        aria-describedby=${left ? 'reason' : 'status'}
        @click=${this.#onClick}
        @keydown=${this.#onKey}
      >
        <span><slot>${words.join}</slot></span>
        <span>${words.joining}</span>
      </button>
      <p part="status" class=${status}>
        ${
          left
            ? html`<span part="countdown" role="timer">${countdown(left)}</span>
                <span id="reason">${this.#reason()}</span>`
            : nothing
        }
        <span role="status" id="status" class=${left || requesting ? 'unseen' : ''}>${this.#sentence()}</span>
      </p>`;
  }

  /** Why one has to wait, beside the time that it takes; in sight only, since that time is announced. */
  #reason() {
    const {words} = this.#language;
    const {state} = this;
    return state.status === 'failed'
      ? words.failures[state.error.code]
      : html`${words.opens(this.#language.time(state.until!, this.#now))}<br />${words.opensByItself}`;
  }

  /** What is announced, once each time it changes: no seconds that count down. */
  #sentence(): string {
    const {words} = this.#language;
    const {state} = this;
    switch (state.status) {
      case 'waiting':
        return words.opensIn(this.#language.wait(state.said));
      case 'requesting':
        return words.joining;
      case 'done':
        return words.joined;
      case 'failed': {
        const {code, retryAfter} = state.error;
        return code === 'rate_limited' && retryAfter ? words.waitSeconds(retryAfter) : words.failures[code];
      }
      default: {
        const room = this.#room;
        if (room && roomPhase(room, this.#now) === 'over') return words.failures.over;
        return state.remark ? words[state.remark] : '';
      }
    }
  }

  get #rooms(): Rooms {
    return this.#source.or(this.#picker.target?.source).rooms;
  }

  get #id(): string | undefined {
    return this.for ? this.#picker.target?.value : this.roomId;
  }

  get #room(): Room | undefined {
    if (this.for) return this.#picker.target?.room;
    const {state} = this.#loaded;
    return state.status === 'loaded' && state.value.room_id === this.roomId ? state.value : undefined;
  }

  async #load(quiet = false) {
    if (this.for || !this.roomId) return;
    await this.#loaded.run(async signal => this.#rooms.get(this.roomId, {signal}), {quiet});
  }

  /** After a sleep, or when the visitor's clock was set: asks again what is, and what time it is. */
  async #refresh() {
    this.#drift = drift();
    await (this.for ? this.#picker.target?.reload({quiet: true}) : this.#load(true));
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
    if (!this.#room) void this.#load();
  }

  #onKey(event: KeyboardEvent) {
    // A key held down is one gesture.
    if (event.repeat) event.preventDefault();
  }

  #onClick(event: MouseEvent) {
    // The second click of a double click is no wish of its own.
    if (event.detail > 1 || waitOf(this.state, this.#now) || isBusy(this.state)) return;
    if (!this.for || this.#id) return void this.#join();
    this.state = {status: 'idle', remark: 'chooseFirst'};
    this.#picker.target?.focus();
  }

  async #join() {
    const request = (this.#request = new AbortController());
    const {signal} = request;
    const pressed = Date.now();
    let operation: Operation = 'token';
    this.state = {status: 'requesting'};
    try {
      const rooms = this.#rooms;
      const role = (this.role || 'participant') as Role;
      // Before anybody is asked, the page's own `rooms` too.
      if (!Role.is(role)) throw new RoomsError('role_invalid', 'No such role.', {key: 'role'});
      operation = 'get';
      const room = this.#room ?? (await rooms.get(this.#id!, {signal}));
      if (signal.aborted) return;
      const asked: JoiningParticipant = {
        name: this.userName.trim() || undefined,
        role,
        userRef: this.userRef || undefined,
      };
      if (!this.dispatchEvent(new RoomJoinEvent(room, asked))) return this.#drop();
      operation = 'token';
      const wish = {name: asked.name, role: asked.role, user_ref: asked.userRef, data: this.data};
      const idempotencyKey = this.#gesture.keyOf([room.room_id, wish]);
      const issued = await rooms.token(room.room_id, wish, {signal, idempotencyKey});
      if (signal.aborted) return;
      this.#gesture.ended();
      const now = clockOf(rooms);
      const expiresAt = tokenExpiry(issued, now);
      // The answer was there before a sleep, and is read after it.
      if (Date.now() - pressed > Math.max(MINUTE, +expiresAt - now)) {
        throw new RoomsError('timeout', 'The token came too late.');
      }
      this.state = {status: 'done'};
      setTimeout(() => {
        if (this.#request !== request) return;
        this.state = {status: 'idle', remark: 'joined', until: +expiresAt};
      }, REST);
      const {token, provider = 'rooms', server_url: serverUrl, connection} = issued;
      const {name = asked.name, role: given = role, user_ref: userRef = asked.userRef} = issued.participant ?? {};
      this.dispatchEvent(
        new RoomTokenEvent({
          token,
          expiresAt,
          get expired() {
            return clockOf(rooms) >= +expiresAt;
          },
          room,
          participant: {name, role: given, userRef},
          provider,
          serverUrl,
          connection,
        }),
      );
    } catch (cause) {
      if (signal.aborted) return;
      const error = asRoomsError(cause);
      // From 10220 on nobody can say what came of it; what was refused was not granted.
      if (error.result < 10220) this.#gesture.ended();
      this.#fail(error, operation);
    }
  }

  #tell(error: RoomsError, operation: Operation): boolean {
    return this.dispatchEvent(new RoomErrorEvent(error, operation));
  }

  #fail(error: RoomsError, operation: Operation): boolean {
    const show = this.#tell(error, operation);
    const {opensAt, retryAfter} = error;
    const now = opensAt || retryAfter ? clockOf(this.#rooms) : 0;
    if (!show) this.state = {status: 'idle'};
    else if (opensAt) this.state = {status: 'waiting', until: +opensAt, refused: true, said: +opensAt - now};
    else this.state = {status: 'failed', error, until: retryAfter && now + retryAfter * 1000};
    return show;
  }

  /** A token that is still on its way is for a room, or a page, that is no longer the one. */
  #drop() {
    this.#request?.abort();
    this.#request = undefined;
    this.state = {status: 'idle'};
  }
}

const drift = () => Date.now() - performance.now();

/** The time left as a clock, `00:04:05`; nothing when it is a day or more. */
const countdown = (ms: number) => (ms < 86_400_000 ? new Date(ms + 999).toISOString().slice(11, 19) : '');

declare global {
  interface HTMLElementTagNameMap {
    'join-button': JoinButton;
  }
}
