import {html, LitElement, nothing, type PropertyValues, type TemplateResult} from 'lit';
import {property} from 'lit/decorators.js';
import {repeat} from 'lit/directives/repeat.js';
import {Connection} from '../controllers/connection.js';
import {Language} from '../controllers/language.js';
import {LinkController} from '../controllers/link.js';
import {LoadController} from '../controllers/load.js';
import {Source} from '../controllers/source.js';
import {managing} from '../locales/managing/managing.js';
import {telling} from '../locales/telling/telling.js';
import {words} from '../locales/joining/joining.js';
import type {RoomsError, RoomsErrorCode} from '../rooms/errors.js';
import type {Rooms} from '../rooms/rooms.js';
import type {User} from '../rooms/schema.js';
import {styledRoot} from '../styles/root.js';
import {tokens} from '../styles/tokens.js';
import {reportError} from './events.js';
import type {RoomPicker} from './room-picker.js';
import {styles} from './room-users.styles.js';
import {needsSignIn, renderSignIn} from './sign-in.js';

/** Failures that waiting does not change. The element stops asking and no longer shows the list. */
const FINAL = new Set<RoomsErrorCode>(['denied', 'unauthorized', 'signed_out', 'not_found', 'misconfigured']);
/** The longest pause after failures, in ms, unless `refresh` is longer or the proxy asks for more. */
const REST = 60_000;
/** The longest timer that works reliably, in ms. */
const DAY = 86_400_000;
/** The most arrivals and departures that are announced by name; for more, only the number of people is announced. */
const TOLD = 3;

/**
 * The people who are in a room now, with their roles. It loads again every few seconds, less often after failures, and not
 * at all while the page is hidden or offline, or if the visitor may not know.
 *
 * @fires room-error - Loading failed. Cancel it to keep the element from showing the failure.
 * @slot sign-in - Shown beside a failure if the visitor has to sign in: a link to your login.
 * @csspart header - The line above the list.
 * @csspart title - The heading.
 * @csspart count - The number of people in the room.
 * @csspart box - The box around the list, or around the message shown instead of it.
 * @csspart list - The list.
 * @csspart user - One person.
 * @csspart name - A person's name.
 * @csspart role - A person's role.
 * @csspart status - The message instead of the list, or below it if the list is out of date.
 * @csspart failure - The same message if loading failed; beside `status`.
 * @csspart retry - The button that loads again.
 * @cssprop [--room-users-size=256px] - Height of the box; the same in every state.
 */
export class RoomUsers extends LitElement {
  static override styles = [tokens, styles];

  /** Address of the token proxy. With `for`, the picker's is used if this is empty. */
  @property() endpoint = '';
  /** A signed permission for the token proxy. */
  @property() grant = '';
  /** Any `Rooms`, used instead of `endpoint` and `grant`. */
  @property({attribute: false}) rooms?: Rooms | undefined;
  /** The room whose people are shown. */
  @property({attribute: 'room-id'}) roomId = '';
  /** Id of the `<room-picker>` whose chosen room is used; overrides `room-id`. */
  @property() for = '';
  /** Seconds between loads, at least 5. */
  @property({type: Number}) refresh = 10;

  #source = new Source(this);
  #words = new Language(this, words);
  #connection = new Connection(this);
  #managing = new Language(this, managing);
  #told = new Language(this, telling);
  #picker = new LinkController<RoomPicker>(this, 'source');
  #loaded = new LoadController<User[]>(this, error => this.#fail(error));
  #inView = false;
  /** The room that is shown, and where it was asked for. */
  #asked?: {id: string; rooms?: Rooms};
  /** Why the last load failed, and whether this element shows it. */
  #trouble?: {error: RoomsError; show: boolean};
  #failures = 0;
  /** Who came and who left between the last two loads. */
  #news: {name: string; came: boolean}[] = [];
  /** When to load again, by `performance.now()`; `Infinity` while loading and after a final failure. */
  #due = Infinity;
  #timer?: ReturnType<typeof setTimeout>;

  /** The same as `for`, under the name that `<label>` gives it: some frameworks, such as Angular, set this one. */
  get htmlFor(): string {
    return this.for;
  }
  set htmlFor(id: string) {
    this.for = id;
  }

  override connectedCallback() {
    super.connectedCallback();
    const {signal} = this.#connection;
    this.ownerDocument.addEventListener('visibilitychange', () => this.#arm(), {signal});
    // Simulated pages have only some of it, and a document without a window has none.
    const view = (this.ownerDocument.defaultView ?? {}) as Partial<Window & typeof globalThis>;
    view.addEventListener?.('offline', () => this.#arm(), {signal});
    view.addEventListener?.('online', () => this.#arm(this.#due < Infinity ? 0 : this.#due), {signal});
    const {IntersectionObserver} = view;
    const observer =
      IntersectionObserver && new IntersectionObserver(entries => (this.#inView = entries.at(-1)!.isIntersecting));
    observer?.observe(this);
    signal.addEventListener('abort', () => observer?.disconnect());
    // Restarts a quiet load that was aborted when the element left the page; other loads restart by themselves.
    this.#arm(this.#due === Infinity && this.#people ? 0 : this.#due);
    this.requestUpdate();
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  protected override createRenderRoot() {
    return styledRoot(this);
  }

  adoptedCallback() {
    styledRoot(this);
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    const asked = {id: this.#id, rooms: this.#rooms};
    if (asked.id !== this.#asked?.id || asked.rooms !== this.#asked.rooms) {
      const isSame = asked.id === this.#asked?.id;
      this.#asked = asked;
      void this.reload({quiet: isSame});
    } else if (changed.has('refresh') && this.#due < Infinity) this.#arm(performance.now() + this.#wait);
  }

  protected override updated() {
    const list = this.renderRoot.querySelector('ul');
    // The list gets the keyboard focus only if it scrolls.
    if (list) list.tabIndex = list.scrollHeight > list.clientHeight ? 0 : -1;
  }

  /** Loads again. With `quiet` the list stays in place while it loads, and if the load fails. */
  async reload({quiet = false} = {}): Promise<void> {
    this.#arm(Infinity);
    if (!quiet) {
      this.#trouble = undefined;
      this.#failures = 0;
      this.#news = [];
    }
    const {id} = this.#asked ?? {id: ''};
    const before = quiet ? this.#people : undefined;
    await this.#loaded.run(
      async signal => {
        if (!id) return [];
        const people = await this.#from.rooms.users(id, {signal});
        if (!signal.aborted) this.#settle(people, before);
        return people;
      },
      {quiet},
    );
  }

  override render(): TemplateResult {
    const {users} = this.#managing.words;
    const {error, show} = this.#trouble ?? {};
    const people = this.#people;
    const isListed = people !== undefined && people.length > 0;
    const isLoading = !people && !error && this.#asked!.id;
    const failed = error && !people;
    return html`<div part="header">
        <h2 part="title" id="title" .textContent=${users.title}></h2>
        <p part="count" id="count" .textContent=${isListed ? users.inside(people.length) : ''}></p>
      </div>
      <div part="box" class=${isListed || isLoading ? '' : 'instead'} tabindex="-1">
        ${isListed ? this.#renderList(people) : isLoading ? html`<div aria-busy="true"></div>` : nothing}
        <p
          part="status ${error ? 'failure' : ''}"
          class=${isLoading || (isListed && !show) ? 'unseen' : ''}
          role="status"
          .textContent=${this.#message(people)}
        ></p>
        ${renderSignIn(failed && show && error)}
        ${
          failed && show && (needsSignIn(error) || !FINAL.has(error.code))
            ? html`<button part="retry" @click=${this.#onRetry} .textContent=${this.#words.words.retry}></button>`
            : nothing
        }
      </div>`;
  }

  #renderList(people: User[]) {
    const {roles} = this.#managing.words;
    // Safari treats a list without bullets as a list only if it has the role.
    return html`<ul part="list" role="list" aria-labelledby="title count">
      ${repeat(
        keyed(people),
        ([key]) => key,
        ([, {name, role}]) =>
          html`<li part="user">
            <span part="name" dir="auto" .textContent=${name}></span>
            ${role ? html`<span part="role" .textContent=${roles[role]}></span>` : nothing}
          </li>`,
      )}
    </ul>`;
  }

  /** The message instead of the list or below it, or the one that is only announced. */
  #message(people: User[] | undefined): string {
    const {users} = this.#managing.words;
    const {error, show} = this.#trouble ?? {};
    if (!this.#asked!.id) return users.choose;
    if (error) {
      if (!show) return '';
      if (people) return users.stale;
      return error.code === 'denied' ? users.denied : this.#told.words.failures[error.code];
    }
    if (!people) return users.loading;
    if (!people.length) return users.nobody;
    if (this.#news.length > TOLD) return users.inside(people.length);
    return this.#news.map(({name, came}) => (came ? users.came : users.left)(name)).join(' ');
  }

  get #id(): string {
    return this.for ? (this.#picker.target?.value ?? '') : this.roomId;
  }

  get #from(): Source {
    return this.#source.or(this.#picker.target?.source);
  }

  /** Where to ask; undefined without a usable endpoint, which `reload` reports. */
  get #rooms(): Rooms | undefined {
    try {
      return this.#from.rooms;
    } catch {
      return undefined;
    }
  }

  /** The people in the room, if they are known and may be shown. */
  get #people(): User[] | undefined {
    const {state} = this.#loaded;
    const isGone = !this.#asked?.id || (this.#trouble && FINAL.has(this.#trouble.error.code));
    return state.status === 'loaded' && !isGone ? state.value : undefined;
  }

  /** Time until the next load, in ms. */
  get #wait(): number {
    const rest = Math.min(Math.max(this.refresh || 10, 5) * 1000, DAY);
    const more = Math.min(rest * 2 ** this.#failures, Math.max(rest, REST));
    return Math.min(Math.max(more, (this.#trouble?.error.retryAfter ?? 0) * 1000), DAY);
  }

  #settle(people: User[], before: User[] | undefined) {
    this.#trouble = undefined;
    this.#failures = 0;
    this.#news = this.#inView && before ? changesOf(before, people) : [];
    this.#arm(performance.now() + this.#wait);
  }

  #fail(error: RoomsError): boolean {
    this.#failures++;
    this.#trouble = {error, show: reportError(this, error, 'users')};
    this.requestUpdate();
    if (!FINAL.has(error.code)) this.#arm(performance.now() + this.#wait);
    return this.#trouble.show;
  }

  /** Sets the time of the next load. While the page is hidden or offline it waits, and loads at once if it is overdue. */
  #arm(due = this.#due) {
    clearTimeout(this.#timer);
    this.#due = due;
    if (due === Infinity || !this.isConnected || this.ownerDocument.hidden || !navigator.onLine) return;
    const load = () => void this.reload({quiet: true});
    this.#timer = setTimeout(load, Math.max(due - performance.now(), 0));
  }

  async #onRetry() {
    // The focused button disappears; the focus should not fall back to the top of the page.
    this.renderRoot.querySelector<HTMLElement>('[part=box]')!.focus();
    await this.reload();
  }
}

/** Gives each person a unique key, even if references are hidden from the visitor or two people share a name. */
function keyed(people: User[]): [key: string, user: User][] {
  const seen = new Map<string, number>();
  return people.map(user => {
    const identity = JSON.stringify(user.user_ref ?? [user.name]);
    const times = (seen.get(identity) ?? 0) + 1;
    seen.set(identity, times);
    return [`${identity} ${times}`, user];
  });
}

function changesOf(before: User[], now: User[]) {
  const [old, young] = [new Map(keyed(before)), new Map(keyed(now))];
  const missing = (all: Map<string, User>, among: Map<string, User>, came: boolean) =>
    [...all].flatMap(([key, {name}]) => (among.has(key) ? [] : [{name, came}]));
  return [...missing(young, old, true), ...missing(old, young, false)];
}

declare global {
  interface HTMLElementTagNameMap {
    'room-users': RoomUsers;
  }
}
