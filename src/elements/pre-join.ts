import {html, LitElement, nothing, type PropertyValues, type TemplateResult} from 'lit';
import {property, state} from 'lit/decorators.js';
import {Connection} from '../controllers/connection.js';
import {Language} from '../controllers/language.js';
import {LinkController} from '../controllers/link.js';
import {LoadController} from '../controllers/load.js';
import {missing, needed} from '../controllers/missing.js';
import {ALL_OFF, barrierOf, KINDS, permissionOf, type Devices, type Kind} from '../controllers/permission.js';
import {Slots} from '../controllers/slots.js';
import {Source} from '../controllers/source.js';
import {preparing} from '../locales/preparing/preparing.js';
import type {Room} from '../rooms/room.js';
import type {Rooms} from '../rooms/rooms.js';
import {nameFault, tidyName} from '../rooms/person-name.js';
import {styledRoot} from '../styles/root.js';
import {tokens} from '../styles/tokens.js';
import {renderMenus, type MenusView} from './device-menus.js';
import {reportError} from './events.js';
import {factsOf, watches} from './facts.js';
import {styles} from './pre-join.styles.js';
import type {PreJoinDevices} from './pre-join-devices.js';
import {renderLevel, renderNote, renderPreview, type PreparingView} from './pre-join-view.js';
import {recallVisitor, rememberVisitor, type Remembered} from './remembered.js';
import type {RoomPicker} from './room-picker.js';

/**
 * What a visitor does before joining: says their name, sees and hears themselves, chooses devices, and reads what will
 * happen. It asks for a camera or a microphone only when a person presses a button, or if the browser allows them already.
 * One can always join without.
 *
 * @fires devices-change - Other devices were chosen, one was turned on or off, or one came or went.
 * @fires room-error - The room of `room-id` could not be loaded.
 * @slot - Shown below everything else, such as a `<join-button>`.
 * @slot heading - Shown above the name, such as the name of the room.
 * @slot consent - What a visitor agrees to: labels with `<input type="checkbox" name="…">`; `required` ones must be ticked.
 * @csspart halves - The two halves, `devices` and `door`; below each other if there is little room.
 * @csspart devices - The half with the preview and the devices.
 * @csspart door - The half with the name and what will happen.
 * @csspart preview - The picture of the visitor, or their initials.
 * @csspart video - The video in it.
 * @csspart start - The button that turns on everything at once.
 * @csspart camera - The button that turns the camera on or off.
 * @csspart microphone - The button that turns the microphone on or off.
 * @csspart flip - The button that changes between the front and the back camera of a phone.
 * @csspart note - The line below the preview: what is on, or why something is not.
 * @csspart trouble - The same line if something is wrong; beside `note`.
 * @csspart action - A button in that line: try again, copy the link.
 * @csspart menu - A menu of devices, or the button instead of it.
 * @csspart level - The level of the microphone.
 * @csspart tone - The button that plays a sound.
 * @csspart label - The label of the name.
 * @csspart input - The field for the name.
 * @csspart help - The line below it.
 * @csspart fault - What is wrong with the name, or that a tick is missing.
 * @csspart facts - The list of what will happen.
 * @cssprop [--room-stage=#0c1613] - Background of the preview, in light and dark pages.
 */
export class PreJoin extends LitElement {
  static override styles = [tokens, styles];

  /** Address of the token proxy, for `room-id`. With `for`, the picker's is used if this is empty. */
  @property() endpoint = '';
  /** A signed permission for the token proxy. */
  @property() grant = '';
  /** Any `Rooms`, used instead of `endpoint` and `grant`. */
  @property({attribute: false}) rooms?: Rooms | undefined;
  /** The room to join: it is loaded to say what will happen. */
  @property({attribute: 'room-id'}) roomId = '';
  /** Id of the `<room-picker>` whose chosen room is joined; overrides `room-id`. */
  @property() for = '';
  /** The room to join, if the page has it already; overrides `for` and `room-id`. */
  @property({attribute: false}) room?: Room | undefined;
  /** The visitor's name: what the page gives at first, and then what is typed, trimmed and in NFC. */
  @property({attribute: 'user-name'}) userName = '';
  /** The role the visitor will join in: who only watches needs no devices, and a moderator does not knock. */
  @property({attribute: 'user-role'}) userRole = '';
  /** Asks for no name: the page or the token proxy knows it. */
  @property({type: Boolean, attribute: 'no-name'}) noName = false;
  /** Offers no camera. */
  @property({type: Boolean, attribute: 'no-camera'}) noCamera = false;
  /** Offers no microphone. */
  @property({type: Boolean, attribute: 'no-microphone'}) noMicrophone = false;
  /** Remembers the name and the chosen devices in this browser. */
  @property({type: Boolean}) remember = false;

  @state() private fault: '' | 'missing' | 'invalid' | 'tick' = '';
  @state() private told = false;

  #source = new Source(this);
  #language = new Language(this, preparing);
  #connection = new Connection(this);
  #picker = new LinkController<RoomPicker>(this, 'source');
  #slots = new Slots(this);
  #loaded = new LoadController<Room>(this, error => reportError(this, error, 'get'));
  /** Loaded when a person turns something on, and before that if the browser allows it already or never will. */
  #opened?: PreJoinDevices;
  #loading?: Promise<PreJoinDevices | undefined> | undefined;
  /** What is shown of the devices until then, also while they load. */
  #before: Devices = ALL_OFF;
  /** What was remembered of the visitor; undefined before it is read. */
  #recalled?: Remembered;

  /** The same as `for`, under the name that `<label>` gives it: some frameworks, such as Angular, set this one. */
  get htmlFor(): string {
    return this.for;
  }
  set htmlFor(id: string) {
    this.for = id;
  }

  /** The names of the ticked boxes in the slot `consent`. */
  get consent(): string[] {
    return this.#ticks.filter(({checked}) => checked).map(({name}) => name);
  }

  /** All open tracks; null if there are none. A microphone that is off has a track that is not enabled. */
  get stream(): MediaStream | null {
    return this.#devices.stream;
  }

  /** The id of the camera that is on; null if it is off. */
  get camera(): string | null {
    return this.#devices.idOf('camera');
  }

  /** The id of the microphone that is on; null if it is off. */
  get microphone(): string | null {
    return this.#devices.idOf('microphone');
  }

  /** The id of the chosen speaker; empty: the system's. */
  get speaker(): string {
    return this.#opened?.speaker ?? this.#recalled?.speaker ?? '';
  }

  override connectedCallback() {
    super.connectedCallback();
    const {signal} = this.#connection;
    this.addEventListener('change', () => this.fault === 'tick' && this.#check(), {signal});
    // Properties that a framework sets after it put the element into the page are there by then.
    void this.updateComplete.then(() => (signal.aborted ? undefined : this.#begin()));
  }

  protected override createRenderRoot() {
    return styledRoot(this);
  }

  adoptedCallback() {
    styledRoot(this);
  }

  protected override willUpdate(changed: PropertyValues<this>) {
    if (this.remember && !this.#recalled) this.#recall();
    if (this.#source.isNew(this.roomId) && this.roomId && !this.for && !this.room) {
      void this.#loaded.run(async signal => this.#source.rooms.get(this.roomId, {signal}));
    }
    if (changed.has('noCamera') || changed.has('noMicrophone') || changed.has('userRole')) {
      this.#opened?.capture.close(KINDS.filter(kind => !this.#kinds.includes(kind)));
    }
    if (changed.has('userName') && this.fault) this.#check();
  }

  protected override updated() {
    const input = this.#input;
    // The field keeps the space after a word while a person types.
    if (input && tidyName(input.value) !== this.userName) input.value = this.userName;
    const video = this.renderRoot.querySelector('video');
    if (video && video.srcObject !== this.stream) video.srcObject = this.stream;
  }

  /** Puts the focus on the name, else on the first box to tick. */
  override focus(options?: FocusOptions) {
    (this.#input ?? this.#ticks[0])?.focus(options);
  }

  /** Whether the name is valid and all required boxes are ticked. */
  checkValidity(): boolean {
    return !this.#faultNow;
  }

  /** The same, and puts the focus on the first fault and says it in place. */
  reportValidity(): boolean {
    this.told = true;
    this.fault = this.#faultNow;
    if (this.fault === 'tick') this.#ticks.find(({required, checked}) => required && !checked)!.focus();
    else if (this.fault) this.#input?.focus();
    return !this.fault;
  }

  /**
   * Hands over the open tracks, or null if there are none. From then on this element neither shows nor stops them. Call it
   * once, when the visitor joins; a device that is still being opened is closed when it comes.
   */
  takeStream(): MediaStream | null {
    this.#loading = undefined;
    this.#before = ALL_OFF;
    return this.#opened?.take() ?? null;
  }

  override render(): TemplateResult {
    const {words} = this.#language;
    const view = this.#view;
    const facts = factsOf(this.#room, this.userRole);
    return html`<div part="halves" class="halves">
      ${
        view.kinds.length
          ? html`<section part="devices" aria-label=${words.preview}>
              ${renderPreview(view)} ${renderNote(view)} ${renderMenus(view)} ${renderLevel(view)}
            </section>`
          : nothing
      }
      <div part="door" class="door">
        <slot name="heading"></slot>
        ${this.noName ? nothing : this.#renderName()}
        ${
          facts.length
            ? html`<ul part="facts">
                ${facts.map(fact => html`<li .textContent=${words.facts[fact]}></li>`)}
              </ul>`
            : nothing
        }
        <div class="consent" ?hidden=${!this.#slots.filled.has('consent')}>
          <slot name="consent"></slot>
          <p part="fault" class="fault" role="alert" .textContent=${this.fault === 'tick' ? words.tick : ''}></p>
        </div>
        <slot></slot>
      </div>
    </div>`;
  }

  #renderName() {
    const {words} = this.#language;
    const fault = {missing: words.nameMissing, invalid: words.nameLong, tick: '', '': ''}[this.fault];
    // A fault takes the place of the help, so nothing moves.
    return html`<div>
      <label part="label" for="name" .textContent=${words.name}></label>
      <input
        part="input"
        id="name"
        name="name"
        autocomplete="name"
        dir="auto"
        required
        aria-invalid=${fault !== ''}
        aria-describedby="help fault"
        @input=${this.#onInput}
        @change=${this.#onChange}
      />
      <div class="below">
        <p part="help" class="help ${fault ? 'behind' : ''}" id="help" .textContent=${words.nameHelp}></p>
        <p part="fault" class="fault" id="fault" role="alert" .textContent=${fault}></p>
      </div>
    </div>`;
  }

  get #view(): PreparingView & MenusView {
    const kinds = this.#kinds;
    const turn: PreparingView['turn'] = work => void this.#turn(kinds, opened => opened.turn(work));
    return {
      words: this.#language.words,
      devices: this.#devices,
      kinds,
      name: this.userName,
      speaker: this.speaker,
      opened: this.#opened,
      turn,
      onChoose: (kind, id) => turn(capture => capture.choose(kind, id)),
      onSpeaker: async id => (await this.#load())?.choose(id),
      onTone: async () => (await this.#load())?.playTone(),
    };
  }

  /** What the visitor can show or say something with. */
  get #kinds(): readonly Kind[] {
    return KINDS.filter(kind => !watches(this.userRole) && !(kind === 'camera' ? this.noCamera : this.noMicrophone));
  }

  get #room(): Room | undefined {
    const {state} = this.#loaded;
    if (this.room) return this.room;
    return this.for ? this.#picker.target?.room : state.status === 'loaded' ? state.value : undefined;
  }

  get #input(): HTMLInputElement | null {
    return this.renderRoot.querySelector?.('input') ?? null;
  }

  /** The boxes in the slot `consent`, also those of a component around that passes its own slot on. */
  get #ticks(): HTMLInputElement[] {
    const slot = this.renderRoot?.querySelector<HTMLSlotElement>('[name=consent]');
    const isTick = 'input[type=checkbox]';
    const among = slot?.assignedElements({flatten: true}) ?? [...this.querySelectorAll('[slot=consent]')];
    return among.flatMap(each => [
      ...(each.matches(isTick) ? [each as HTMLInputElement] : []),
      ...each.querySelectorAll<HTMLInputElement>(isTick),
    ]);
  }

  get #faultNow(): PreJoin['fault'] {
    const fault = this.noName ? undefined : nameFault(this.userName);
    return fault ?? (this.#ticks.some(({required, checked}) => required && !checked) ? 'tick' : '');
  }

  /** Takes back a fault that was said as soon as it is mended. */
  #check() {
    if (this.told) this.fault = this.#faultNow;
  }

  #recall() {
    this.#recalled = recallVisitor();
    this.userName ||= tidyName(this.#recalled.name ?? '');
  }

  #keep(more: Remembered) {
    if (this.remember) rememberVisitor(more);
  }

  get #devices(): Devices {
    const {capture} = this.#opened ?? {};
    return capture && !this.#before.waiting.length ? capture : this.#before;
  }

  /** Shows what the browser allows already, unless the visitor turned it off the last time; or why it never will. */
  async #begin() {
    const view = this.ownerDocument.defaultView;
    if (!view || this.#opened) return;
    const {cameraOff, microphoneOff} = this.#recalled ?? {};
    const kinds = this.#kinds;
    const possible = kinds.filter(kind => !barrierOf(view, kind));
    if (possible.length < kinds.length) void this.#load();
    const wished = possible.filter(kind => !(kind === 'camera' ? cameraOff : microphoneOff));
    const states = await Promise.all(wished.map(kind => permissionOf(view, kind)));
    const allowed = wished.filter((_, at) => states[at] === 'granted');
    // A person may have pressed something meanwhile.
    if (!allowed.length || this.#loading || !this.isConnected) return;
    await this.#turn(allowed, opened => opened.capture.open(allowed));
  }

  /** Does something with the devices. They are loaded for it; the visitor may have left or joined by then. */
  async #turn(kinds: readonly Kind[], work: (opened: PreJoinDevices) => Promise<void>) {
    if (this.#devices.waiting.length) return;
    if (!this.#opened) {
      this.#before = {...ALL_OFF, waiting: kinds};
      this.requestUpdate();
      const loading = (this.#loading = this.#load());
      await loading;
      this.#before = ALL_OFF;
      this.requestUpdate();
      if (loading !== this.#loading || !this.isConnected) return;
    }
    if (this.#opened) await work(this.#opened);
  }

  /** Loads what opens devices; undefined if it cannot be loaded. */
  async #load(): Promise<PreJoinDevices | undefined> {
    if (this.#opened) return this.#opened;
    try {
      const {PreJoinDevices} = await needed(import('./pre-join-devices.js'));
      this.#opened ??= new PreJoinDevices(this, this.#recalled ?? {}, more => this.#keep(more));
    } catch (cause) {
      missing(cause);
    }
    return this.#opened;
  }

  #onInput(event: Event) {
    this.userName = tidyName((event.target as HTMLInputElement).value);
  }

  #onChange() {
    this.#keep({name: this.userName});
  }
}

declare global {
  interface HTMLElementTagNameMap {
    'pre-join': PreJoin;
  }
}
