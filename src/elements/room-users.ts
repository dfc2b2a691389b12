import {css, html, LitElement, nothing, type PropertyValues} from 'lit';
import {property} from 'lit/decorators.js';
import {repeat} from 'lit/directives/repeat.js';
import {Language} from '../controllers/language.js';
import {LinkController} from '../controllers/link.js';
import {LoadController} from '../controllers/load.js';
import {Source} from '../controllers/source.js';
import {managing} from '../locales/managing/managing.js';
import {words} from '../locales/joining/joining.js';
import type {RoomsError, RoomsErrorCode} from '../rooms/errors.js';
import type {Rooms} from '../rooms/rooms.js';
import type {User} from '../rooms/schema.js';
import {tokens} from '../styles/tokens.js';
import {RoomErrorEvent} from './events.js';
import type {RoomPicker} from './room-picker.js';

/** What waiting does not change; nothing is asked again by itself, and what was shown goes. */
const FINAL = new Set<RoomsErrorCode>(['denied', 'unauthorized', 'not_found', 'misconfigured']);
/** The longest it rests after failures, in ms, unless `refresh` is longer or the proxy says so. */
const REST = 60_000;
/** Longer than this a timer cannot be relied on, in ms. */
const DAY = 86_400_000;
/** Told one by one; of more at once only how many are in. */
const TOLD = 3;

/**
 * Who is in a room now, with their roles. It looks again every few seconds, less often while that fails, and not at all
 * while the page is hidden, offline, or the visitor may not know.
 *
 * @fires room-error - Looking failed; cancel it and the element shows nothing itself.
 * @csspart header - The line above the list.
 * @csspart title - What the list is.
 * @csspart count - How many people are in.
 * @csspart box - What holds the list, or what is said instead of it.
 * @csspart list - The list.
 * @csspart user - One person.
 * @csspart name - A person's name.
 * @csspart role - A person's role.
 * @csspart status - What is said instead of the list, or below it when it is not up to date.
 * @csspart failure - The same when looking failed, beside `status`.
 * @csspart retry - The button that looks again.
 * @cssprop [--room-users-size=16rem] - Height of the box, the same in every state.
 */
export class RoomUsers extends LitElement {
  static override styles = [
    tokens,
    css`
      [part='header'] {
        display: flex;
        gap: calc(3 * var(--_space));
        align-items: baseline;
        justify-content: space-between;
      }
      /* One line, so that nothing moves when the number comes to stand beside it. */
      h2 {
        border-radius: 0;
        overflow: hidden;
        font-size: 1em;
        text-overflow: ellipsis;
        white-space: nowrap;
      }
      [part='count'] {
        color: var(--_muted);
        font-size: 0.875em;
        white-space: nowrap;
      }
      [part='box'] {
        display: flex;
        flex-direction: column;
        position: relative;
        border: 1px solid var(--_raised);
        background: var(--_surface);
        block-size: var(--room-users-size, 16rem);
        padding: var(--_space);
      }
      ul,
      [aria-busy] {
        flex: 1;
        min-block-size: 0;
        padding: 0;
        list-style: none;
      }
      ul {
        overflow: auto;
      }
      [aria-busy] {
        background: linear-gradient(var(--_raised) 86%, transparent 0) 0 0 / 100% calc(11 * var(--_space));
        forced-color-adjust: none;
      }
      li {
        display: flex;
        gap: calc(3 * var(--_space));
        align-items: center;
        justify-content: space-between;
        min-block-size: calc(11 * var(--_space));
        padding: calc(1.5 * var(--_space)) calc(3 * var(--_space));
        /* Marks piled on a letter stay in their own row. */
        overflow: clip;
      }
      [part='name'] {
        display: -webkit-box;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 3;
        /* Round corners would take a piece of the letters. */
        border-radius: 0;
        overflow: hidden;
        overflow-wrap: anywhere;
      }
      [part='role'] {
        flex: none;
        border: 1px solid var(--_raised);
        border-radius: 1em;
        padding-inline: calc(2 * var(--_space));
        color: var(--_muted);
        font-size: 0.875em;
      }
      [part~='status'] {
        padding: calc(2 * var(--_space)) calc(3 * var(--_space));
        font-size: 0.875em;
      }
      [part~='failure'] {
        color: var(--_danger);
      }
      .instead {
        align-items: center;
        justify-content: center;
        overflow: auto;
        text-align: center;
      }
      .instead [part~='status'] {
        font-size: 1em;
      }
      .unseen {
        position: absolute;
        inset-block-start: 0;
        clip-path: inset(50%);
      }
    `,
  ];

  /** Address of the token proxy; with `for`, the picker's unless this element has its own. */
  @property() endpoint = '';
  /** A signed permission for the token proxy. */
  @property() grant = '';
  /** Any `Rooms` to ask instead of the proxy; overrides `endpoint`. */
  @property({attribute: false}) rooms?: Rooms;
  /** The room to look into. */
  @property({attribute: 'room-id'}) roomId = '';
  /** Id of the `<room-picker>` whose choice is looked into; goes before `room-id`. */
  @property() for = '';
  /** Seconds between looks, at least 5. */
  @property({type: Number}) refresh = 10;

  #source = new Source(this);
  #words = new Language(this, words);
  #managing = new Language(this, managing);
  #picker = new LinkController<RoomPicker>(this);
  #loaded = new LoadController<User[]>(this, error => this.#fail(error));
  #connected?: AbortController;
  #observer = new IntersectionObserver(entries => (this.#inView = entries.at(-1)!.isIntersecting));
  #inView = false;
  /** What is looked into, and where. */
  #asked?: {id: string; rooms?: Rooms};
  /** Why the last look failed, and whether the page leaves it to this element to say so. */
  #trouble?: {error: RoomsError; show: boolean};
  #failures = 0;
  /** Who came and who left, at the last look. */
  #news: {name: string; came: boolean}[] = [];
  /** When to look again, by `performance.now()`; `Infinity` while it looks, and when it would change nothing. */
  #due = Infinity;
  #timer?: ReturnType<typeof setTimeout>;

  override connectedCallback() {
    super.connectedCallback();
    const {signal} = (this.#connected = new AbortController());
    document.addEventListener('visibilitychange', () => this.#arm(), {signal});
    addEventListener('offline', () => this.#arm(), {signal});
    addEventListener('online', () => this.#arm(this.#due < Infinity ? 0 : this.#due), {signal});
    this.#observer.observe(this);
    // A look that was cut short when it left the page, unless it begins again by itself.
    this.#arm(this.#due === Infinity && this.#people ? 0 : this.#due);
    this.requestUpdate();
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.#connected!.abort();
    this.#observer.disconnect();
    clearTimeout(this.#timer);
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    const asked = {id: this.#id, rooms: this.#rooms};
    if (asked.id !== this.#asked?.id || asked.rooms !== this.#asked.rooms) {
      this.#asked = asked;
      void this.reload();
    } else if (changed.has('refresh') && this.#due < Infinity) this.#arm(performance.now() + this.#wait);
  }

  protected override updated() {
    const list = this.renderRoot.querySelector('ul');
    // What scrolls can be reached by keyboard; what does not is no stop on the way.
    if (list) list.tabIndex = list.scrollHeight > list.clientHeight ? 0 : -1;
  }

  /** Looks again. With `quiet` what is shown stays in place meanwhile, and when it fails. */
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

  override render() {
    const {users} = this.#managing.words;
    const {error, show} = this.#trouble ?? {};
    const people = this.#people;
    const isListed = people !== undefined && people.length > 0;
    const isLoading = !people && !error && this.#asked!.id;
    const failed = error && !people;
    return html`<div part="header">
        <h2 part="title" id="title">${users.title}</h2>
        <p part="count" id="count">${isListed ? users.inside(people.length) : ''}</p>
      </div>
      <div part="box" class=${isListed || isLoading ? '' : 'instead'} tabindex="-1">
        ${isListed ? this.#renderList(people) : isLoading ? html`<div aria-busy="true"></div>` : nothing}
        <p
          part="status ${error ? 'failure' : ''}"
          class=${isLoading || (isListed && !show) ? 'unseen' : ''}
          role="status"
        >
          ${this.#message(people)}
        </p>
        ${
          failed && show && (error.code === 'unauthorized' || !FINAL.has(error.code))
            ? html`<button part="retry" @click=${this.#onRetry}>${this.#words.words.retry}</button>`
            : nothing
        }
      </div>`;
  }

  #renderList(people: User[]) {
    const {roles} = this.#managing.words;
    // What it is in Safari only when told, without bullets.
    return html`<ul part="list" role="list" aria-labelledby="title count">
      ${repeat(
        keyed(people),
        ([key]) => key,
        ([, {name, role}]) =>
          html`<li part="user">
            <span part="name" dir="auto">${name}</span>
            ${role ? html`<span part="role">${roles[role]}</span>` : nothing}
          </li>`,
      )}
    </ul>`;
  }

  /** What is said instead of the list, below it, or to a screen reader alone. */
  #message(people: User[] | undefined): string {
    const {users} = this.#managing.words;
    const {error, show} = this.#trouble ?? {};
    if (!this.#asked!.id) return users.choose;
    if (error) {
      if (!show) return '';
      if (people) return users.stale;
      return error.code === 'denied' ? users.denied : this.#words.words.failures[error.code];
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

  /** Where to ask; none while nothing says so, which is told when it is asked. */
  get #rooms(): Rooms | undefined {
    try {
      return this.#from.rooms;
    } catch {
      return undefined;
    }
  }

  /** Who is in, as far as it is known and may be shown. */
  get #people(): User[] | undefined {
    const {state} = this.#loaded;
    const isGone = !this.#asked?.id || (this.#trouble && FINAL.has(this.#trouble.error.code));
    return state.status === 'loaded' && !isGone ? state.value : undefined;
  }

  /** How long to rest, in ms. */
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
    this.#trouble = {error, show: this.dispatchEvent(new RoomErrorEvent(error, 'users'))};
    this.requestUpdate();
    if (!FINAL.has(error.code)) this.#arm(performance.now() + this.#wait);
    return this.#trouble.show;
  }

  /** Looks at that time, unless the page is hidden or offline; when it comes back, what is overdue is made up for. */
  #arm(due = this.#due) {
    clearTimeout(this.#timer);
    this.#due = due;
    if (due === Infinity || !this.isConnected || document.hidden || !navigator.onLine) return;
    const look = () => void this.reload({quiet: true});
    this.#timer = setTimeout(look, Math.max(due - performance.now(), 0));
  }

  async #onRetry() {
    // The button that has the focus goes; the keyboard should not be thrown back to the top of the page with it.
    this.renderRoot.querySelector<HTMLElement>('[part=box]')!.focus();
    await this.reload();
  }
}

/** Each with what tells them apart, also where the visitor may not see their references or two have one name. */
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
