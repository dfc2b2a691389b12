import {html, LitElement, type PropertyValues, type TemplateResult} from 'lit';
import {property, state} from 'lit/decorators.js';
import {askForSpeaker} from '../controllers/device-lists.js';
import {Language} from '../controllers/language.js';
import {LinkController} from '../controllers/link.js';
import {asRoomsError} from '../controllers/load.js';
import {inTime, missing} from '../controllers/missing.js';
import {keepAwake} from '../controllers/wake-lock.js';
import {calling} from '../locales/calling/calling.js';
import {preparing} from '../locales/preparing/preparing.js';
import type {TellingWords} from '../locales/telling/telling.js';
import {troubles} from '../locales/troubles/troubles.js';
import {RoomsError} from '../rooms/errors.js';
import type {Room} from '../rooms/room.js';
import type {TokenDetail} from '../rooms/token-detail.js';
import type {Call, CallListener, Client, EndReason, Given} from '../stage/call.js';
import {CLIENTS} from '../stage/clients.js';
import {styledRoot} from '../styles/root.js';
import {tokens} from '../styles/tokens.js';
import {reportError} from './events.js';
import type {JoinButton} from './join-button.js';
import {askForToken} from './late-stage.js';
import {styles} from './room-stage.styles.js';
import {failureOf, renderCall, renderPlain, type PlainView} from './stage-call.js';
import {StageBackEvent, StageJoinedEvent, StageLeftEvent} from './stage-events.js';
import {StageMedia, type Preview} from './stage-media.js';
import {arrange, hear, popOut, queue} from './stage-screen.js';
import {
  greenRoomAround,
  isFocused,
  isWithin,
  newsOf,
  placeOf,
  sharesScreens,
  snapshot,
  wasIn,
  type StageState,
} from './stage-state.js';
import type {StageView} from './stage-view.js';

/** How long a client may take until one is in or knocks, in ms. */
const PATIENCE = 30_000;
/** A break that is shorter is not said, in ms. */
const BLINK = 2000;

/** A button to join as a stage needs it; a page may have an older one. */
type Button = JoinButton & {preJoin?: Preview | undefined; joined?: boolean; left?(): void};

/**
 * The call in the page. It takes the token of a `<join-button>` or a `<green-room>`, loads the client for it, and shows the
 * people in the room, with everything that a person does in a call.
 *
 * @fires stage-joined - The person is in the room.
 * @fires stage-left - The call is over.
 * @fires stage-back - The person asked for the list of rooms after a call. Cancel it to keep what the stage shows.
 * @fires room-error - The call could not begin. Cancel it to keep the element from showing the failure.
 * @slot - Shown before anybody has joined, instead of a sentence.
 * @slot frame - For the stage itself: the window of a vendor's own client.
 * @csspart stage - The whole stage.
 * @csspart title - The name of the room.
 * @csspart count - How many people are in.
 * @csspart status - What happens, in a sentence.
 * @csspart notice - A sentence instead of the call: before it, while knocking, and after it.
 * @csspart people - The pictures of all.
 * @csspart person - The picture of one person, or a screen that they share.
 * @csspart video - The video in it.
 * @csspart name - The person's name.
 * @csspart action - What a moderator can do with the person.
 * @csspart bar - The bar of controls.
 * @csspart microphone - The button that turns the microphone on and off.
 * @csspart camera - The button that turns the camera on and off.
 * @csspart share - The button that shares a screen.
 * @csspart pop-out - The button that shows a person in a small window above all others.
 * @csspart devices - The button that shows the devices.
 * @csspart leave - The button that leaves.
 * @csspart end - The button that ends the call for all.
 * @csspart panel - The devices.
 * @csspart menu - A menu of devices.
 * @csspart knocking - Who asks to come in.
 * @csspart knocker - The name of one of them.
 * @csspart admit - The button that lets one of them in.
 * @csspart admit-all - The button that lets all of them in.
 * @csspart deny - The button that sends one of them away.
 * @csspart hear - The button that starts the sound where the browser waits for a press.
 * @csspart dialog - The question before a call is ended for all.
 * @csspart rejoin - The button that joins again.
 * @csspart back - The button that goes back to the rooms.
 * @cssprop [--room-stage=#0c1613] - Background of the stage, in light and dark pages.
 * @cssprop [--room-lit=#63d8a8] - The frame around a person who speaks, and the lamp of a call.
 */
export class RoomStage extends LitElement {
  static override styles = [tokens, styles];

  /** Id of the `<join-button>` or `<green-room>` whose tokens are taken. Default: the `<green-room>` around. */
  @property() for = '';
  /** Hosts that may serve a video client's script, besides the vendors' own; separated by spaces. */
  @property({attribute: 'client-origins'}) clientOrigins = '';
  /** A token to join with: the detail of `room-token`. A new one replaces the call. */
  @property({attribute: false}) detail?: TokenDetail | undefined;
  /** The page's own copy of a video client's library: the module `livekit-client`, say. */
  @property({attribute: false}) client?: unknown;

  @state() private state: StageState = {status: 'idle'};
  @state() private said = '';
  @state() private isBroken = false;
  @state() private isOpen = false;
  @state() private isSilent = false;
  @state() private noPopOut = false;
  @state() private isUnplayable = false;

  #language = new Language(this, calling);
  #preparing = new Language(this, preparing);
  #reasons = new Language(this, troubles);
  /** The words of failures, which come with the first one. */
  #told?: Language<TellingWords>;
  #link = new LinkController<Button>(this);
  #media = new StageMedia(this);
  #connected?: AbortController;
  /** The element whose tokens are taken, and the end of listening to it. */
  #origin?: {element: Element; heard: AbortController};
  #button?: Button | undefined;
  /** The person pressed the stage's own button to join again. */
  #rejoins = false;
  /** Aborted when the present visit is over. */
  #visit?: AbortController;
  /** The call as it was last shown. */
  #shown?: Call | undefined;
  /** What was last said about the devices. */
  #trouble = '';
  /** What has the focus and may be gone after the next render. */
  #focused?: Element | null | undefined;
  #blink?: ReturnType<typeof setTimeout> | undefined;
  #resized?: ResizeObserver;

  /** The same as `for`, under the name that `<label>` gives it: some frameworks, such as Angular, set this one. */
  get htmlFor(): string {
    return this.for;
  }
  set htmlFor(id: string) {
    this.for = id;
  }

  override connectedCallback() {
    super.connectedCallback();
    const {signal} = (this.#connected = new AbortController());
    // Leaving is said at once. A page that the browser keeps and restores offers to join again.
    addEventListener('pagehide', () => this.#leave(), {signal});
    void import('../controllers/page.js').then(({leaveWithWindow}) => leaveWithWindow(this, signal), missing);
    const {ResizeObserver} = (this.ownerDocument.defaultView ?? {}) as Partial<typeof globalThis>;
    this.#resized = ResizeObserver && new ResizeObserver(() => arrange(this.renderRoot));
    this.#resized?.observe(this);
  }

  override disconnectedCallback() {
    super.disconnectedCallback();
    this.#connected!.abort();
    this.#resized?.disconnect();
    // An element that is only moved is back before the microtask runs.
    queueMicrotask(() => {
      if (this.isConnected) return;
      this.#leave();
      this.#origin?.heard.abort();
      this.#origin = undefined;
    });
  }

  protected override createRenderRoot() {
    return styledRoot(this);
  }

  adoptedCallback() {
    styledRoot(this);
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    this.#focused = this.shadowRoot?.activeElement;
    this.#listen();
    if (changed.has('detail') && this.detail) void this.#enter(this.detail);
    const trouble = this.#media.troubleIn(this.#preparing.words, this.#reasons.words);
    if (trouble !== this.#trouble) this.#say((this.#trouble = trouble));
  }

  protected override updated() {
    if (this.#focused && !this.#focused.isConnected) this.#moveFocus();
    this.#focused = undefined;
    if (this.state.status !== 'inside') return;
    arrange(this.renderRoot);
    queue(this.renderRoot);
    void hear(this.renderRoot, this.#media.output, () => (this.isSilent = true));
  }

  /** Leaves the call. Resolves when the stage shows it. */
  async leave(): Promise<void> {
    this.#leave();
    await this.updateComplete;
  }

  override render(): TemplateResult {
    const {words} = this.#language;
    const view = this.#view;
    return html`<div part="stage" @keydown=${this.#onKey}>
        ${view ? renderCall(view) : renderPlain(this.state, this.#plain)}
        <p role="status" class="unseen" .textContent=${this.said}></p>
      </div>
      <dialog part="dialog" aria-labelledby="ending" @close=${this.#onDecided}>
        <form method="dialog">
          <h2 id="ending" .textContent=${words.endQuestion}></h2>
          <p .textContent=${words.endMore}></p>
          <button value="" .textContent=${words.stay}></button>
          <button value="end" class="leave" .textContent=${words.endForAll}></button>
        </form>
      </dialog>`;
  }

  get #view(): StageView | undefined {
    if (this.state.status !== 'inside') return undefined;
    const {detail, call} = this.state;
    const media = this.#media;
    const page = this.ownerDocument;
    return {
      words: this.#language.words,
      preparing: this.#preparing.words,
      detail,
      call,
      capture: media.capture,
      kinds: media.kinds,
      isSpeaking: media.isSpeaking,
      isSharing: media.isSharing,
      isBroken: this.isBroken,
      isOpen: this.isOpen,
      isSilent: this.isSilent,
      isUnplayable: this.isUnplayable,
      output: media.output,
      said: this.said,
      canShare: sharesScreens(detail) && 'getDisplayMedia' in (navigator.mediaDevices ?? {}),
      canPopOut: page.pictureInPictureEnabled && !this.noPopOut,
      onToggle: kind => void media.toggle(kind),
      onShare: () => void media.share().catch(() => this.#say(this.#language.words.failed)),
      onPopOut: () => void popOut(this.shadowRoot!).catch(() => (this.noPopOut = true)),
      onOpen: () => (this.isOpen = !this.isOpen),
      onHear: () => void this.#onHear(),
      onUnplayable: () => (this.isUnplayable = true),
      onLeave: () => this.#leave(),
      onEnd: () => this.#onEnd(),
      onChoose: (kind, id) => void media.capture.choose(kind, id),
      onSpeaker: id => void this.#onSpeaker(id),
      onMute: person => {
        call.moderation!.mute!(person.id);
        this.#say(this.#language.words.youMuted(person.name));
      },
    };
  }

  get #plain(): PlainView {
    const {state} = this;
    const isAgain = state.status === 'left' && !state.detail.once && +state.detail.expiresAt > Date.now();
    return {
      words: this.#language.words,
      failures: this.#told?.words.failures,
      canRejoin: Boolean(this.#button?.isConnected) || isAgain,
      onLeave: () => this.#leave(),
      onRejoin: () => this.#onRejoin(),
      onBack: () => this.#onBack(),
    };
  }

  /** Listens to the element that gives the tokens. It may be replaced, and the stage may be moved. */
  #listen() {
    const element = this.for ? this.#link.target : greenRoomAround(this);
    if (element === this.#origin?.element) return;
    this.#origin?.heard.abort();
    this.#origin = undefined;
    if (!element) return;
    const heard = new AbortController();
    this.#origin = {element, heard};
    const options = {signal: heard.signal};
    element.addEventListener('room-join', ({detail: {room}}) => warm(room), options);
    element.addEventListener('room-token', event => this.#onToken(event), options);
    element.addEventListener('room-leave', () => this.#leave(), options);
    // A person may have been faster than this element was loaded.
    askForToken(this.ownerDocument, (button, detail) => isWithin(element, button) && this.#take(button, detail));
  }

  async #enter(detail: TokenDetail) {
    const preview = this.#button?.preJoin;
    const isAgain = wasIn(this.state) && (this.#rejoins || !preview?.getClientRects().length);
    this.#rejoins = false;
    this.#leave();
    const load = clientOf(detail.provider);
    // The page's own client reads the token.
    if (!load) return void (this.state = {status: 'elsewhere', detail});
    const visit = (this.#visit = new AbortController());
    const {signal} = visit;
    // A token may be read once: this is where.
    const given = {...detail};
    this.state = {status: 'joining', detail: given, knocks: false};
    this.said = this.#language.words.entering(detail.room.name);
    const late = new RoomsError('timeout', 'The client did not answer in time.');
    const timer = setTimeout(() => void this.#failed(visit, late), PATIENCE);
    signal.addEventListener('abort', () => clearTimeout(timer));
    this.#media.take(preview, isAgain);
    try {
      const client = await load();
      if (signal.aborted) return;
      if ('mount' in client) await this.#mount(client, given, visit);
      else await this.#connect(client, given, visit, () => clearTimeout(timer));
      clearTimeout(timer);
    } catch (cause) {
      await this.#failed(visit, asRoomsError(cause));
    }
  }

  async #connect({connect}: Connecting, detail: TokenDetail, visit: AbortController, knocking: () => void) {
    const isNow = () => this.#visit === visit;
    const on: CallListener = {
      change: () => isNow() && this.#onChange(),
      silenced: (source, by) => {
        if (!isNow()) return;
        const {words} = this.#language;
        this.#media.silenced(source);
        this.#say(words.mutedYou(by ?? words.aModerator));
      },
      end: reason => isNow() && this.#ended(reason),
      failed: () => isNow() && this.#say(this.#language.words.failed),
      waiting: isBroken => {
        if (!isNow()) return;
        knocking();
        this.#followState(isBroken);
        if (this.state.status === 'joining' && this.state.knocks) return;
        this.said = this.#language.words.knocking(detail.room.name);
        this.state = {status: 'joining', detail, knocks: true};
      },
    };
    const call = await connect(detail, on, visit.signal, this.#given);
    if (!isNow()) return call.leave();
    keepAwake(this.ownerDocument, visit.signal);
    this.#shown = undefined;
    this.state = {status: 'inside', detail, call};
    this.#onChange();
    this.#joined(detail);
    await this.updateComplete;
    // The focus goes along from the button, but is not taken from anything else.
    if (isFocused(this, this.#button)) this.renderRoot.querySelector('h2')?.focus();
  }

  async #mount({mount}: Mounting, detail: TokenDetail, visit: AbortController) {
    const place = this.ownerDocument.createElement('div');
    place.slot = 'frame';
    this.appendChild(place);
    visit.signal.addEventListener('abort', () => place.remove());
    const {microphone, camera} = this.#media.wanted;
    // The vendor's window opens the devices itself.
    this.#media.stop();
    const end = (reason: EndReason) => this.#visit === visit && this.#ended(reason);
    const options = {...this.#given, place, end, microphone, camera, language: this.#language.tag};
    const frame = await mount(detail, options, visit.signal);
    if (this.#visit !== visit) return frame.leave();
    this.state = {status: 'framed', detail, frame};
    this.#joined(detail);
  }

  get #given(): Given {
    return {origins: this.clientOrigins.split(/\s+/).filter(Boolean), client: this.client};
  }

  #joined({room}: TokenDetail) {
    if (this.#button && 'joined' in this.#button) this.#button.joined = true;
    this.dispatchEvent(new StageJoinedEvent(room));
  }

  #onChange() {
    if (this.state.status !== 'inside') return;
    const {words} = this.#language;
    const {call, detail} = this.state;
    const now = snapshot(call);
    const before = this.#shown;
    this.#shown = now;
    this.#followState(now.state === 'reconnecting');
    // The audience is not among the people in the room.
    if (detail.participant.role === 'audience') this.#say(placeOf(detail, now, words));
    else if (before) this.#say(...newsOf(before, now, words));
    else {
      const names = now.others.map(({name}) => name).join(', ');
      this.#say(placeOf(detail, now, words), names ? words.here(names) : words.alone);
    }
    this.#media.follow(call);
    this.requestUpdate();
  }

  /** A break is said when it lasts, and so is its end. */
  #followState(isBroken: boolean) {
    if (isBroken) {
      this.#blink ??= setTimeout(() => {
        this.isBroken = true;
        this.#say(this.#language.words.reconnecting);
      }, BLINK);
      return;
    }
    clearTimeout(this.#blink);
    this.#blink = undefined;
    if (this.isBroken) this.#say(this.#language.words.youAreBack);
    this.isBroken = false;
  }

  #say(...sentences: string[]) {
    const said = sentences.filter(Boolean).join(' ');
    if (said) this.said = said;
  }

  #leave() {
    const {state} = this;
    if (state.status === 'inside') state.call.leave();
    if (state.status === 'framed') state.frame.leave();
    // A call tells that it ended; a vendor's window need not.
    if (this.state === state) this.#ended('left');
  }

  #ended(reason: EndReason, error?: RoomsError) {
    const {state} = this;
    if (state.status === 'idle' || state.status === 'left' || state.status === 'elsewhere') return;
    const {words} = this.#language;
    const {detail} = state;
    const hadBegun = state.status !== 'joining';
    const knocked = state.status === 'joining' && state.knocks;
    this.#visit?.abort();
    this.#visit = undefined;
    clearTimeout(this.#blink);
    this.#blink = undefined;
    this.isBroken = this.isOpen = this.isSilent = this.isUnplayable = false;
    this.#media.stop();
    this.state = {status: 'left', detail, reason, error, knocked};
    this.said = error ? failureOf(error, knocked, words, this.#told?.words.failures) : words.ends[reason];
    this.#button?.left?.();
    if (hadBegun) this.dispatchEvent(new StageLeftEvent(detail.room, reason));
  }

  async #failed(visit: AbortController, error: RoomsError) {
    await inTime(this.#explain().catch(missing));
    if (this.#visit !== visit) return;
    const isShown = reportError(this, error, 'join');
    this.#ended('lost', error);
    if (!isShown) this.state = {status: 'idle'};
  }

  async #explain() {
    const {failureWords} = await import('./failure-words.js');
    this.#told ??= await failureWords(this);
  }

  #onToken(event: Event) {
    const isButton = (each: EventTarget) => (each as Element).localName === 'join-button';
    this.#take(event.composedPath().find(isButton), (event as CustomEvent<TokenDetail>).detail);
  }

  #take(button: EventTarget | undefined, detail: TokenDetail) {
    this.#button = button as Button | undefined;
    void this.#enter(detail);
  }

  async #onHear() {
    this.isSilent = false;
    await hear(this.renderRoot, this.#media.output, () => (this.isSilent = true));
  }

  async #onSpeaker(id?: string) {
    try {
      this.#media.output = id ?? (await askForSpeaker(this.ownerDocument));
    } catch {
      return; // The person closed the browser's question.
    }
    await this.#media.capture.relist();
    this.requestUpdate();
  }

  #onEnd() {
    const dialog = this.#dialog;
    dialog.returnValue = ''; // Escape does not change it.
    dialog.showModal();
  }

  #onDecided() {
    if (this.#dialog.returnValue === 'end' && this.state.status === 'inside') this.state.call.moderation?.end?.();
  }

  #onKey({key}: KeyboardEvent) {
    if (key !== 'Escape' || !this.isOpen) return;
    this.isOpen = false;
    this.renderRoot.querySelector<HTMLElement>('.bar [part=devices]')?.focus();
  }

  #onRejoin() {
    if (this.state.status !== 'left') return;
    this.#rejoins = true;
    const button = this.#button?.shadowRoot?.querySelector<HTMLElement>('[part~=button]');
    if (button && this.#button!.isConnected) button.click();
    else void this.#enter(this.state.detail);
  }

  #onBack() {
    if (this.state.status === 'idle') return;
    if (!this.dispatchEvent(new StageBackEvent(this.state.detail.room))) return;
    this.state = {status: 'idle'};
    this.#button?.focus();
  }

  /** What had the focus is gone: the next person who knocks has it, or the heading. */
  #moveFocus() {
    const isKnocking = this.#focused!.matches('[part=admit], [part=deny], [part=admit-all]');
    const next = isKnocking ? this.renderRoot.querySelector<HTMLElement>('[part=admit]') : null;
    (next ?? this.renderRoot.querySelector<HTMLElement>('h2'))?.focus();
  }

  get #dialog(): HTMLDialogElement {
    return this.renderRoot.querySelector('dialog')!;
  }
}

const clientOf = (provider = '') => (Object.hasOwn(CLIENTS, provider) ? CLIENTS[provider] : undefined);

/** Loads the client while the token is on its way. If that fails, it is loaded again with the token. */
const warm = ({provider}: Room) => void clientOf(provider)?.().catch(() => {});

type Connecting = Extract<Client, {connect: unknown}>;
type Mounting = Extract<Client, {mount: unknown}>;

declare global {
  interface HTMLElementTagNameMap {
    'room-stage': RoomStage;
  }
}
