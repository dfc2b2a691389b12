import {html, LitElement, nothing, type PropertyValues, type TemplateResult} from 'lit';
import {property, state} from 'lit/decorators.js';
import {cache} from 'lit/directives/cache.js';
import {Connection} from '../controllers/connection.js';
import {DeepLink} from '../controllers/deep-link.js';
import {Language} from '../controllers/language.js';
import {Slots} from '../controllers/slots.js';
import {Source, tellLent} from '../controllers/source.js';
import {calling} from '../locales/calling/calling.js';
import {entering} from '../locales/entering/entering.js';
import {words} from '../locales/joining/joining.js';
import type {Room} from '../rooms/room.js';
import type {Rooms} from '../rooms/rooms.js';
import type {TokenRequest} from '../rooms/schema.js';
import type {EndReason} from '../stage/call.js';
import {styledRoot} from '../styles/root.js';
import {controls} from '../styles/controls.js';
import {tokens} from '../styles/tokens.js';
import {lampOf, renderDoor, type DoorView, type Step} from './door.js';
import {GreenRoomParts} from './green-room-parts.js';
import {styles} from './green-room.styles.js';
import {bringNow} from './on-demand.js';
import type {PreJoin} from './pre-join.js';

/** The steps that show the list of rooms, if there is one. */
const LISTING: readonly Step[] = ['pick', 'left'];

/**
 * The whole way in, in one tag: choose a room, get ready, join, be in the call, and come back. Each step keeps its state
 * when a visitor goes back. It lends its `endpoint`, `grant` and `rooms` to the elements inside it, also to those of the
 * page in its slots.
 *
 * @slot - Shown below the frame, such as a `<room-users>`.
 * @slot pick - Instead of the list of rooms: something that fires `room-select`, such as a `<room-picker>`.
 * @slot prepare - Instead of the preview, the name and the devices.
 * @slot stage - Instead of the call: a video client of the page. It takes the token from `room-token`.
 * @slot consent - What a visitor agrees to: labels with `<input type="checkbox" name="…">`.
 * @slot empty - Shown if there are no rooms, instead of a sentence.
 * @slot sign-in - Shown beside a failure if the visitor has to sign in: a link to your login.
 * @csspart frame - The frame of all steps.
 * @csspart left - The half with what changes: the list, or what stands for it.
 * @csspart door - The half with the room and the button; its place is the same in each step.
 * @csspart state - The line above the room's name: whether it is live, or when it opens.
 * @csspart title - The heading: the room's name, or what happened.
 * @csspart description - The room's description, or more about what happened.
 * @csspart foot - The buttons of the door.
 * @csspart ready - The button that goes from the list to getting ready.
 * @csspart back - The button that goes back to the list.
 * @csspart stage - The call.
 * @cssprop [--room-warn=light-dark(#8a5200, #f5bf6b)] - Colour of a room that is not open yet.
 * @cssprop [--room-stage=#0c1613] - Background of preview and call, in light and dark pages.
 */
export class GreenRoom extends LitElement {
  static override shadowRootOptions: ShadowRootInit = {mode: 'open', delegatesFocus: true};

  static override styles = [tokens, controls, styles];

  /** Address of the token proxy, for this element and those inside it. */
  @property() endpoint = '';
  /** A signed permission for the token proxy. */
  @property() grant = '';
  /** Any `Rooms`, used instead of `endpoint` and `grant`. */
  @property({attribute: false}) rooms?: Rooms | undefined;
  /** The room to join. Nobody chooses then. */
  @property({attribute: 'room-id'}) roomId = '';
  /** Leaves out the step in which a visitor gets ready. */
  @property({type: Boolean, attribute: 'no-prejoin'}) noPrejoin = false;
  /** Keeps the room in the page's address, as `?room=` or `#room=`, so that links lead to it and Back goes back a step. */
  @property({type: Boolean, attribute: 'deep-link'}) deepLink = false;
  /** The visitor's name, if the page knows it. */
  @property({attribute: 'user-name'}) userName = '';
  /** The page's own reference for the visitor. */
  @property({attribute: 'user-ref'}) userRef = '';
  /**
   * The role to join in: moderator, participant, viewer or audience. The token proxy decides which roles a visitor may have.
   *
   * @default 'participant'
   */
  @property({attribute: 'user-role'}) userRole = '';
  /** Remembers the name and the devices in this browser. */
  @property({type: Boolean}) remember = false;
  /** Offers no camera. */
  @property({type: Boolean, attribute: 'no-camera'}) noCamera = false;
  /** Offers no microphone. */
  @property({type: Boolean, attribute: 'no-microphone'}) noMicrophone = false;
  /** Shows how many people are in each live room, if the visitor may know. */
  @property({type: Boolean, attribute: 'show-users'}) showUsers = false;
  /** Seconds between loads of the list, at least 5; 0 loads once. */
  @property({type: Number}) refresh = 0;
  /** Hosts that may serve a video client's script, besides the vendors' own; separated by spaces. */
  @property({attribute: 'client-origins'}) clientOrigins = '';
  /** The page's own copy of a video client's library: the module `livekit-client`, say. */
  @property({attribute: false}) client?: unknown;
  /** Facts about the visitor that others in the room may see; at most 5 keys. */
  @property({attribute: false}) data?: TokenRequest['data'] | undefined;

  @state() private at: Step = 'pick';
  /** The id of the chosen room. */
  @state() private chosen = '';
  @state() private reason: EndReason = 'left';

  #source = new Source(this);
  #language = new Language(this, words);
  #entering = new Language(this, entering);
  #calling = new Language(this, calling);
  #slots = new Slots(this);
  #parts = new GreenRoomParts(this);
  #link = new DeepLink(this, (id, step) => this.#onHistory(id, step));
  /** The room that was chosen, as the list has it. */
  #picked?: Room | undefined;
  #timer?: ReturnType<typeof setTimeout>;

  constructor() {
    super();
    new Connection(this);
    // Content of the page has come into a slot or left it, also a slot of a component around this element.
    this.addEventListener('slotchange', () => tellLent(this.ownerDocument));
    this.addEventListener('room-select', event => {
      // Whoever listens further out may cancel it.
      queueMicrotask(() => event.defaultPrevented || this.#choose(event.detail.room));
    });
    this.addEventListener('room-join', event => this.preJoin?.reportValidity?.() === false && event.preventDefault());
    this.addEventListener('room-token', () => this.#enter());
    this.addEventListener('stage-left', event => this.left(event.detail.reason));
    this.addEventListener('stage-back', () => this.#goTo(this.#canPick ? 'pick' : 'prepare'));
  }

  /** The step that the visitor is at. */
  get step(): Step {
    return this.at;
  }

  /** The chosen room, once it is loaded. */
  get room(): Room | undefined {
    const listed = this.#picked?.room_id === this.chosen ? this.#picked : undefined;
    return this.#parts.picker?.room ?? this.#parts.join?.room ?? listed;
  }

  /** The step to get ready, once a visitor came to it. A video client of the page takes its tracks by `takeStream()`. */
  get preJoin(): PreJoin | null {
    return this.#parts.preJoin;
  }

  override connectedCallback() {
    super.connectedCallback();
    tellLent(this.ownerDocument);
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    tellLent(this.ownerDocument);
  }

  protected override createRenderRoot() {
    const root = styledRoot(this);
    root.addEventListener('slotchange', () => tellLent(this.ownerDocument));
    return root;
  }

  adoptedCallback() {
    styledRoot(this);
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    if (!this.hasUpdated || changed.has('roomId')) this.#begin();
  }

  protected override updated(changed: PropertyValues<this>) {
    if (changed.has('endpoint') || changed.has('grant') || changed.has('rooms')) tellLent(this.ownerDocument);
    if (!this.noPrejoin) void bringNow('pre-join');
    if (this.at !== 'pick' || (this.noPrejoin && this.chosen)) void bringNow('room-stage');
    clearTimeout(this.#timer);
    // A room opens and ends while somebody looks at its door.
    if (this.room) this.#timer = setTimeout(() => this.requestUpdate(), 30_000);
  }

  /** Leaves the call. Resolves when the visitor is out. */
  async leave(): Promise<void> {
    await this.#parts.stage?.leave?.();
    if (this.at === 'call') this.left();
    await this.updateComplete;
  }

  /**
   * Tells that the call is over. A video client in the slot `stage` calls it, or fires `stage-left`.
   *
   * @param reason - Why. Default: `left`.
   */
  left(reason: EndReason = 'left') {
    if (this.at !== 'call') return;
    this.reason = reason;
    (this.#parts.join as Partial<{left(): void}> | null)?.left?.();
    this.#goTo('left');
  }

  override render(): TemplateResult {
    const isCall = this.at === 'call';
    const {room} = this;
    // What is behind the call keeps its size and its state.
    return html`<div part="frame" class="at-${this.at}">
        <div class="halves ${this.#canPick ? '' : 'single'}" ?inert=${isCall}>
          <div class="light ${lampOf(room, this.#source.now)}"></div>
          ${renderDoor(this.#view)} ${this.#renderLeft()} ${cache(this.#prepares ? this.#renderPrepare(room) : nothing)}
          ${this.#renderFoot()}
        </div>
        <section
          part="stage"
          tabindex="-1"
          aria-label=${this.#entering.words.call(room?.name ?? '')}
          ?hidden=${!isCall}
        >
          ${
            this.#slots.filled.has('stage')
              ? html`<slot name="stage"></slot>`
              : html`<room-stage client-origins=${this.clientOrigins} .client=${this.client}
                  ><p class="coming" .textContent=${this.#calling.words.entering(room?.name ?? '')}></p
                ></room-stage>`
          }
        </section>
      </div>
      <slot></slot>`;
  }

  get #view(): DoorView {
    return {
      step: this.at,
      room: this.room,
      reason: this.reason,
      now: this.#source.now,
      language: this.#language,
      words: this.#entering.words,
      calling: this.#calling.words,
    };
  }

  #renderLeft() {
    if (!this.#canPick) {
      return this.at === 'left' || this.noPrejoin ? html`<div part="left" class="calm"></div>` : nothing;
    }
    // Of the list only its own choice counts, not one that it still waits for.
    return html`<div part="left" ?hidden=${!LISTING.includes(this.at)}>
      ${
        this.#slots.filled.has('pick')
          ? html`<slot name="pick"></slot>`
          : html`<room-picker
              id="pick"
              aria-label=${this.#language.words.rooms}
              .value=${this.chosen}
              .refresh=${this.refresh}
              .showUsers=${this.showUsers}
            >
              ${this.#pass('empty')} ${this.#pass('sign-in')}
            </room-picker>`
      }
    </div>`;
  }

  #renderPrepare(room: Room | undefined) {
    return html`<div class="prepare" ?hidden=${this.at === 'left'}>
      ${
        this.#slots.filled.has('prepare')
          ? html`<slot name="prepare"></slot>`
          : html`<pre-join
              id="prepare"
              user-name=${this.userName}
              user-role=${this.userRole}
              ?remember=${this.remember}
              ?no-camera=${this.noCamera}
              ?no-microphone=${this.noMicrophone}
              .room=${room}
            >
              ${this.#pass('consent')}
            </pre-join>`
      }
    </div>`;
  }

  /** The button of each step, always at the same place. */
  #renderFoot() {
    const {words} = this.#entering;
    const isReadying = this.at === 'pick' && !this.noPrejoin;
    return html`<div part="foot">
      <button
        part="ready"
        ?hidden=${!isReadying}
        aria-disabled=${!this.chosen}
        @click=${this.#onReady}
        .textContent=${words.getReady}
      ></button>
      <join-button
        id="join"
        ?hidden=${isReadying}
        for=${this.#parts.picker?.room ? 'pick' : ''}
        room-id=${this.chosen}
        user-name=${this.preJoin?.userName || this.userName}
        user-ref=${this.userRef}
        user-role=${this.userRole}
        .data=${this.data}
        >${this.#pass('sign-in')}</join-button
      >
      <button
        part="back"
        class="bare"
        ?hidden=${!this.#canPick || this.at === 'pick'}
        @click=${() => this.#goTo('pick')}
        .textContent=${this.#calling.words.allRooms}
      ></button>
    </div>`;
  }

  /** A slot of the page, for an element inside that has one of the same name. */
  #pass(name: string) {
    return this.#slots.filled.has(name) ? html`<slot name=${name} slot=${name}></slot>` : nothing;
  }

  get #canPick(): boolean {
    return !this.roomId;
  }

  /** Whether the step to get ready is there. It keeps what was typed while the visitor is elsewhere. */
  get #prepares(): boolean {
    return !this.noPrejoin && this.at !== 'pick';
  }

  /** The first step: the page or its address may name a room. */
  #begin() {
    if (this.at === 'call') return;
    const id = this.roomId || this.#link.room;
    this.chosen = id || this.chosen;
    this.at = id ? 'prepare' : 'pick';
  }

  #choose(room: Room) {
    if (this.roomId) return;
    this.#picked = room;
    this.chosen = room.room_id;
    if (this.at === 'left') this.#goTo('pick');
  }

  #onReady() {
    if (this.chosen) return this.#goTo('prepare');
    this.renderRoot.querySelector<HTMLElement>('room-picker')?.focus();
  }

  #enter() {
    this.#goTo('call');
    if (!this.#slots.filled.has('stage')) return;
    // A client of the page has taken the preview by now, or opens the devices itself.
    setTimeout(() =>
      this.preJoin
        ?.takeStream?.()
        ?.getTracks()
        .forEach(track => track.stop()),
    );
  }

  #onHistory(id: string, step: string | undefined) {
    if (this.at === 'call') void this.leave();
    this.chosen = id || this.chosen;
    this.#show(id ? (step === 'left' ? 'left' : 'prepare') : 'pick');
  }

  /** Goes to a step because a person asked for it, or because the call ended. */
  #goTo(step: Step) {
    if (this.at === step) return;
    this.#link.write(step === 'pick' ? '' : this.chosen, step, step === 'left' || this.at === 'left');
    this.#show(step);
  }

  #show(step: Step) {
    if (this.at === step) return;
    this.at = step;
    void this.#focusStep();
  }

  /** Puts the focus on the heading of the step, which says where the visitor is. */
  async #focusStep() {
    await this.updateComplete;
    const target = this.renderRoot.querySelector<HTMLElement>(this.at === 'call' ? '[part=stage]' : '[part=title]');
    // The browser would scroll to the middle of a call that is in sight already.
    target?.focus({preventScroll: true});
    target?.scrollIntoView?.({block: 'nearest'});
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'green-room': GreenRoom;
  }
}
