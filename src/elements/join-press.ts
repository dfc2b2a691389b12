import type {LitElement} from 'lit';
import {Gesture} from '../controllers/gesture.js';
import {asRoomsError} from '../controllers/load.js';
import {missing, needed} from '../controllers/missing.js';
import {withRooms, type Source} from '../controllers/source.js';
import {RoomsError, type RoomsErrorCode} from '../rooms/errors.js';
import type {Room} from '../rooms/room.js';
import type {Rooms} from '../rooms/rooms.js';
import {Role, type TokenRequest} from '../rooms/schema.js';
import {clockOf, tokenExpiry} from '../rooms/times.js';
import type {JoiningParticipant, TokenDetail} from '../rooms/token-detail.js';
import {reportError, RoomJoinEvent, RoomTokenEvent, type Operation} from './events.js';
import type {JoinState} from './join-state.js';
import {tokenDetail} from './join-token.js';
import type {NameField} from './name-field.js';
import {isLoading} from './on-demand.js';

/** How long the button ignores clicks after a token, in ms: longer than a double click, or Enter and a click, takes. */
export const REST = 1000;

/** How long the page may take to read a token, in ms. */
const PATIENCE = 5000;

const MINUTE = 60_000;

/** Errors after which nobody knows whether a token was issued. */
const UNKNOWN: readonly RoomsErrorCode[] = ['aborted', 'internal', 'bad_reply', 'platform_down', 'offline', 'timeout'];

/** What the button needs of a linked `<pre-join>`. */
export interface LinkedPreJoin extends LitElement {
  /** The name that was typed. */
  userName: string;
  /** The names of the ticked boxes. */
  consent: readonly string[];
  /** Whether all that is required is there. If not, the element says what is missing. */
  reportValidity(): boolean;
  /** Hands over the tracks of the preview. */
  takeStream(): MediaStream | null;
}

/** What a press reads of its button. */
export interface PressHost extends LitElement {
  userName: string;
  userRef: string;
  userRole: string;
  noName: boolean;
  joined: boolean;
  data?: TokenRequest['data'];
  readonly room: Room | undefined;
  readonly preJoin: LinkedPreJoin | undefined;
}

/** What a press has its button do. */
export interface PressActions {
  /** Where the room is at present: the page may replace it at any time. */
  source(): Source;
  /** The id of the room to join; a change of it drops the press. */
  follow(): string | undefined;
  /** Resolves when the words for failures are there, or do not come in time. */
  ready(): Promise<unknown>;
  show(state: JoinState): void;
}

/** What a press of a `<join-button>` does: it asks for a token, hands it to the page, and waits until the page reads it. */
export class JoinPress {
  /** The room of the last token. */
  entered?: Room;
  /** The field for the name, once it was needed. */
  name?: NameField;
  /** A token that nobody has read yet, for a stage that is still being loaded. */
  unread?: TokenDetail | undefined;
  #host: PressHost;
  #act: PressActions;
  #request?: AbortController | undefined;
  /** A retry after a lost answer is the same gesture, so it gets the same token. */
  #gesture = new Gesture();

  constructor(host: PressHost, act: PressActions) {
    this.#host = host;
    this.#act = act;
  }

  async join() {
    const request = (this.#request = new AbortController());
    const {signal} = request;
    const pressed = Date.now();
    const host = this.#host;
    const {preJoin} = host;
    const current = () => this.#act.source().rooms;
    let operation: Operation = 'token';
    this.#act.show({status: 'requesting'});
    try {
      let rooms = current();
      const role = (host.userRole || 'participant') as Role;
      // Checked here because the page's own `rooms` may not check it, and before `room-join` is fired.
      if (!Role.is(role)) {
        throw new RoomsError('role_invalid', 'A role is moderator, participant, viewer or audience.', {
          key: 'user-role',
        });
      }
      operation = 'get';
      const id = this.#act.follow();
      if (!id) throw new RoomsError('not_found', 'The room-id is empty.', {key: 'room-id'});
      const given = preJoin?.userName.trim() || host.userName.trim() || this.name?.name;
      const asks = !given && !preJoin && !host.noName;
      // A token proxy says with a room who asks. With a new grant, it has not said so yet.
      const isUnknown = asks && rooms.visitor && !rooms.visitor();
      const known = isUnknown ? undefined : host.room;
      const room = known ?? (await withRooms(current, each => each.get(id, {signal}), signal));
      if (signal.aborted) return;
      const name = current().visitor?.()?.name ?? given;
      if (!name && asks) return await this.#ask(signal);
      const asked: JoiningParticipant = {name: name || undefined, role, userRef: host.userRef || undefined};
      if (!host.dispatchEvent(new RoomJoinEvent(room, asked))) return this.drop();
      operation = 'token';
      const consent = preJoin?.consent.length ? [...preJoin.consent] : undefined;
      const wish = {
        name: asked.name,
        role: asked.role,
        user_ref: asked.userRef,
        data: host.data,
        ...(consent && {consent}),
      };
      const idempotencyKey = this.#gesture.keyOf([room.room_id, wish]);
      const ask = (each: Rooms) => (rooms = each).token(room.room_id, wish, {signal, idempotencyKey});
      const issued = await withRooms(current, ask, signal);
      if (signal.aborted) return;
      this.#gesture.ended();
      const now = clockOf(rooms);
      const expiresAt = tokenExpiry(issued, now);
      // The computer slept between the answer and now.
      if (Date.now() - pressed > Math.max(MINUTE, +expiresAt - now)) {
        throw new RoomsError('timeout', 'The token came too late.');
      }
      this.entered = room;
      this.#handOver(request, taken => tokenDetail(issued, {room, rooms, expiresAt, asked}, taken));
    } catch (cause) {
      if (signal.aborted) return;
      const error = asRoomsError(cause);
      // If the outcome is unknown, a retry is the same gesture. Any other error is a refusal.
      if (!UNKNOWN.includes(error.code)) this.#gesture.ended();
      await this.#act.ready();
      if (!signal.aborted) this.fail(error, operation);
    }
  }

  /** Gives the page the token that `detailOf` makes, and waits until the page has read it. */
  #handOver(request: AbortController, detailOf: (taken: () => void) => TokenDetail) {
    const isCurrent = () => this.#request === request;
    const settle = (state: JoinState) => isCurrent() && !this.#host.joined && this.#act.show(state);
    let taken = false;
    const detail = detailOf(() => {
      if (taken) return;
      taken = true;
      if (isCurrent()) this.unread = undefined;
      settle({status: 'done', taken});
      setTimeout(() => settle({status: 'idle', remark: 'joined', until: +detail.expiresAt}), REST);
    });
    const wait = () =>
      setTimeout(() => {
        if (taken || !isCurrent()) return;
        const unread = new RoomsError('misconfigured', 'Nobody read the token.', {key: 'listener for room-token'});
        // A stage that is on its way will ask for the token.
        if (isLoading('room-stage')) wait();
        else this.fail(unread, 'token');
      }, PATIENCE);
    wait();
    this.#act.show({status: 'done'});
    this.unread = detail;
    this.#host.dispatchEvent(new RoomTokenEvent(detail));
  }

  /** Shows the field for the name. It is loaded on demand, since most visitors are known. */
  async #ask(signal: AbortSignal) {
    const {NameField} = await needed(import('./name-field.js')).catch((cause: unknown) => {
      missing(cause);
      throw new RoomsError('offline', 'A file cannot be loaded.', {cause});
    });
    if (signal.aborted) return;
    this.name ??= new NameField(this.#host, enter => {
      const button = this.#host.renderRoot.querySelector('button')!;
      // The field goes away, so the focus must not be in it.
      button.focus();
      if (enter) button.click();
      else this.drop();
    });
    this.#act.show({status: 'asking'});
    await this.#host.updateComplete;
    this.name.focus();
  }

  /** Reports a failure, and returns whether the button shows it. */
  fail(error: RoomsError, operation: Operation): boolean {
    const isShown = reportError(this.#host, error, operation);
    const {opensAt, retryAfter} = error;
    const {now} = this.#act.source();
    let state: JoinState = {status: 'failed', error, until: retryAfter && now + retryAfter * 1000};
    if (opensAt) state = {status: 'waiting', until: +opensAt, refused: true, said: +opensAt - now};
    this.#act.show(isShown ? state : {status: 'idle'});
    return isShown;
  }

  /** Ends a running request: its token would be for another room or for a page that was left. */
  drop() {
    this.#request?.abort();
    this.forget();
  }

  /** Forgets the last request and its token. Only a call that one is in goes on. */
  forget() {
    this.#request = this.unread = undefined;
    if (!this.#host.joined) this.#act.show({status: 'idle'});
  }
}
