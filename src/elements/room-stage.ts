import {html, LitElement, type PropertyValues, type TemplateResult} from 'lit';
import {property, state} from 'lit/decorators.js';
import {Language} from '../controllers/language.js';
import {missing} from '../controllers/missing.js';
import {keepAwake} from '../controllers/wake-lock.js';
import {calling} from '../locales/calling/calling.js';
import {preparing} from '../locales/preparing/preparing.js';
import {troubles} from '../locales/troubles/troubles.js';
import type {RoomsError} from '../rooms/errors.js';
import type {TokenDetail} from '../rooms/token-detail.js';
import type {Call, EndReason, Given} from '../stage/call.js';
import {clientOf} from '../stage/clients.js';
import {styledRoot} from '../styles/root.js';
import {tokens} from '../styles/tokens.js';
import {reportError} from './events.js';
import {styles} from './room-stage.styles.js';
import {styles as bar} from './stage-bar.styles.js';
import {Break} from './stage-break.js';
import {renderCall, renderPlain, type PlainView} from './stage-call.js';
import {askToEnd, renderQuestion} from './stage-end.js';
import {StageBackEvent, StageJoinedEvent, StageLeftEvent} from './stage-events.js';
import {failureOf, Failures} from './stage-failures.js';
import {StageMedia} from './stage-media.js';
import {StageOrigin} from './stage-origin.js';
import {arrange, hear, moveFocus, popOut, queue} from './stage-screen.js';
import {isFocused, sentencesOf, sharesScreens, snapshot, wasIn, type StageState} from './stage-state.js';
import type {StageView} from './stage-view.js';
import {enter, type VisitListener} from './stage-visit.js';

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
  static override styles = [tokens, bar, styles];

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
  #failures = new Failures(this);
  #media = new StageMedia(this);
  #connected?: AbortController;
  #origin = new StageOrigin(this, {
    given: () => this.#given,
    token: detail => void this.#enter(detail),
    leave: () => this.#leave(),
  });
  /** The person pressed the stage's own button to join again. */
  #rejoins = false;
  /** Aborted when the present visit is over. */
  #visit?: AbortController | undefined;
  #break = new Break(isBroken => {
    this.isBroken = isBroken;
    this.#say(isBroken ? this.#language.words.reconnecting : this.#language.words.youAreBack);
  });
  /** The call as it was last shown. */
  #shown?: Call | undefined;
  /** What was last said about the devices. */
  #trouble = '';
  /** What has the focus and may be gone after the next render. */
  #focused?: Element | null | undefined;
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
      this.#origin.forget();
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
    this.#origin.look();
    if (changed.has('detail') && this.detail) void this.#enter(this.detail);
    const trouble = this.#media.troubleIn(this.#preparing.words, this.#reasons.words);
    if (trouble !== this.#trouble) this.#say((this.#trouble = trouble));
  }

  protected override updated() {
    if (this.#focused && !this.#focused.isConnected) moveFocus(this.renderRoot, this.#focused);
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
      ${renderQuestion(words, () => view?.call.moderation?.end?.())}`;
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
      onEnd: () => askToEnd(this.renderRoot),
      onChoose: (kind, id) => void media.capture.choose(kind, id),
      onSpeaker: id => void media.chooseSpeaker(id),
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
      failures: this.#failures,
      canRejoin: Boolean(this.#origin.button?.isConnected) || isAgain,
      onLeave: () => this.#leave(),
      onRejoin: () => this.#onRejoin(),
      onBack: () => this.#onBack(),
    };
  }

  async #enter(detail: TokenDetail) {
    const preview = this.#origin.button?.preJoin;
    const isAgain = wasIn(this.state) && (this.#rejoins || !preview?.getClientRects().length);
    this.#rejoins = false;
    this.#leave();
    const load = clientOf(detail.provider);
    // The page's own client reads the token.
    if (!load) return void (this.state = {status: 'elsewhere', detail});
    // A token may be read once: this is where.
    const given = {...detail};
    this.state = {status: 'joining', detail: given, knocks: false};
    this.said = this.#language.words.entering(detail.room.name);
    this.#media.take(preview, isAgain);
    const {signal} = (this.#visit = new AbortController());
    const place = () => this.#place(signal);
    await enter(load, given, {given: this.#given, place, signal}, this.#listenerOf(given, signal));
  }

  #listenerOf(detail: TokenDetail, signal: AbortSignal): VisitListener {
    const words = () => this.#language.words;
    return {
      change: () => this.#onChange(),
      silenced: (source, by) => {
        this.#media.silenced(source);
        this.#say(words().mutedYou(by ?? words().aModerator));
      },
      end: reason => this.#ended(reason),
      failed: () => this.#say(words().failed),
      waiting: isBroken => {
        this.#break.follow(isBroken);
        if (this.state.status === 'joining' && this.state.knocks) return;
        this.said = words().knocking(detail.room.name);
        this.state = {status: 'joining', detail, knocks: true};
      },
      inside: call => {
        keepAwake(this.ownerDocument, signal);
        this.#shown = undefined;
        this.state = {status: 'inside', detail, call};
        this.#onChange();
        this.#joined(detail);
        void this.#followFocus();
      },
      framed: frame => {
        this.state = {status: 'framed', detail, frame};
        this.#joined(detail);
      },
      refused: error => void this.#refused(error, signal),
    };
  }

  /** The place for a vendor's own window, which opens the devices itself. */
  #place(signal: AbortSignal) {
    const place = this.ownerDocument.createElement('div');
    place.slot = 'frame';
    this.appendChild(place);
    signal.addEventListener('abort', () => place.remove());
    const {microphone, camera} = this.#media.wanted;
    this.#media.stop();
    return {...this.#given, place, microphone, camera, language: this.#language.tag};
  }

  get #given(): Given {
    return {origins: this.clientOrigins.split(/\s+/).filter(Boolean), client: this.client};
  }

  #joined({room}: TokenDetail) {
    const {button} = this.#origin;
    if (button && 'joined' in button) button.joined = true;
    this.dispatchEvent(new StageJoinedEvent(room));
  }

  /** The focus goes along from the button, but is not taken from anything else. */
  async #followFocus() {
    await this.updateComplete;
    if (isFocused(this, this.#origin.button)) this.renderRoot.querySelector('h2')?.focus();
  }

  #onChange() {
    if (this.state.status !== 'inside') return;
    const {call, detail} = this.state;
    const before = this.#shown;
    const now = (this.#shown = snapshot(call));
    this.#break.follow(now.state === 'reconnecting');
    this.#say(...sentencesOf(detail, before, now, this.#language.words));
    this.#media.follow(call);
    this.requestUpdate();
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
    this.#break.end();
    this.isBroken = this.isOpen = this.isSilent = this.isUnplayable = false;
    this.#media.stop();
    this.state = {status: 'left', detail, reason, error, knocked};
    this.said = error ? failureOf(error, knocked, words, this.#failures) : words.ends[reason];
    this.#origin.button?.left?.();
    if (hadBegun) this.dispatchEvent(new StageLeftEvent(detail.room, reason));
  }

  async #refused(error: RoomsError, signal: AbortSignal) {
    await this.#failures.load();
    if (signal.aborted) return;
    const isShown = reportError(this, error, 'join');
    this.#ended('lost', error);
    if (!isShown) this.state = {status: 'idle'};
  }

  async #onHear() {
    this.isSilent = false;
    await hear(this.renderRoot, this.#media.output, () => (this.isSilent = true));
  }

  #onKey({key}: KeyboardEvent) {
    if (key !== 'Escape' || !this.isOpen) return;
    this.isOpen = false;
    this.renderRoot.querySelector<HTMLElement>('.bar [part=devices]')?.focus();
  }

  #onRejoin() {
    if (this.state.status !== 'left') return;
    this.#rejoins = true;
    if (!this.#origin.press()) void this.#enter(this.state.detail);
  }

  #onBack() {
    if (this.state.status === 'idle') return;
    if (!this.dispatchEvent(new StageBackEvent(this.state.detail.room))) return;
    this.state = {status: 'idle'};
    this.#origin.button?.focus();
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'room-stage': RoomStage;
  }
}
