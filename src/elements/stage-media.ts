import type {LitElement} from 'lit';
import {Capture} from '../controllers/capture.js';
import {askForSpeaker} from '../controllers/device-lists.js';
import {Level} from '../controllers/level.js';
import {KINDS, type Kind} from '../controllers/permission.js';
import type {PreparingWords} from '../locales/preparing/preparing.js';
import type {TroubleWords} from '../locales/troubles/troubles.js';
import type {Call, Source} from '../stage/call.js';

/** From this level on a person speaks; see `Level`. */
const VOICE = 0.3;

/** What the stage reads of a `<pre-join>`. */
export interface Preview {
  /** The id of the device in use; null if it is off. */
  readonly camera: string | null;
  readonly microphone: string | null;
  readonly speaker: string;
  /** All open tracks; null if there are none. */
  readonly stream: MediaStream | null;
  takeStream(): MediaStream | null;
  /** None while it is not shown. */
  getClientRects(): ArrayLike<unknown>;
}

/** What you send in a call: devices, and a shared screen. One element at a time has the devices of a page. */
export class StageMedia {
  readonly capture: Capture;
  /** What you want to send when you may. */
  wanted: Record<Kind, boolean> = {camera: true, microphone: true};
  /** The id of the speaker; empty: the system's. */
  output = '';
  isSpeaking = false;
  #host: LitElement;
  #level = new Level(level => this.#onLevel(level));
  #call?: Call | undefined;
  #screen?: MediaStream | undefined;
  /** What was last sent, so that nothing is sent twice. */
  #sent: Partial<Record<Source, MediaStreamTrack | null>> = {};

  constructor(host: LitElement) {
    this.#host = host;
    this.capture = new Capture(host, () => this.#send());
  }

  get isSharing(): boolean {
    return this.#screen !== undefined;
  }

  /** What you may send now. */
  get kinds(): readonly Kind[] {
    return KINDS.filter(kind => this.#call?.may.has(kind));
  }

  /** Why a device is not used, in sentences; empty if all is well. */
  troubleIn(labels: PreparingWords, words: TroubleWords): string {
    const {troubles} = this.capture;
    const {camera, microphone} = troubles;
    if (camera && camera === microphone) return `${labels.both}: ${words[camera]}`;
    return KINDS.flatMap(kind => (troubles[kind] ? [`${labels[kind]}: ${words[troubles[kind]]}`] : [])).join(' ');
  }

  /**
   * Goes on with the devices of a preview. What is off there stays off.
   *
   * @param isAgain - The person left a call and joins again: if they have not opened the preview since, all is as it was when
   * they left.
   */
  take(preview: Preview | undefined, isAgain: boolean) {
    if (!preview) return;
    const {camera, microphone, speaker, stream} = preview;
    if (!isAgain || stream) {
      this.wanted = {camera: camera !== null, microphone: microphone !== null};
      this.output = speaker;
      // A device that is opened again is the same one.
      Object.assign(this.capture.wanted, camera && {camera}, microphone && {microphone});
    }
    this.capture.adopt(preview.takeStream());
  }

  /** Opens, sends and closes what you want to send, by what you may send now. */
  follow(call: Call) {
    this.#call = call;
    const {kinds, capture} = this;
    const lost = KINDS.filter(kind => !kinds.includes(kind));
    if (lost.some(kind => capture.track(kind) ?? capture.waiting.includes(kind))) capture.close(lost);
    if (!call.may.has('screen')) this.#stopScreen();
    const missing = kinds.filter(kind => this.wanted[kind] && !capture.track(kind) && !capture.troubles[kind]);
    if (missing.length && !capture.waiting.length) void capture.open(missing);
    this.#send();
  }

  /** Turns a device on or off. Call it in the gesture. */
  async toggle(kind: Kind) {
    if (kind === 'microphone') this.#level.wake();
    this.wanted[kind] = !this.capture.isOn(kind);
    await this.capture.toggle(kind, [kind]);
  }

  /** Uses another speaker. Without an id the browser asks which one. */
  async chooseSpeaker(id?: string) {
    try {
      this.output = id ?? (await askForSpeaker(this.#host.ownerDocument));
    } catch {
      return; // The person closed the browser's question.
    }
    await this.capture.relist();
    this.#host.requestUpdate();
  }

  /** A moderator turned it off. */
  silenced(source: Source) {
    if (source === 'microphone' || source === 'camera') {
      if (this.capture.isOn(source)) void this.toggle(source);
    } else this.#stopScreen();
  }

  /** Shares a screen, or stops. Call it in the gesture. Throws if the browser fails; not if the person thinks better of it. */
  async share() {
    const call = this.#call;
    if (this.#screen) return this.#stopScreen();
    let screen: MediaStream;
    try {
      screen = await navigator.mediaDevices.getDisplayMedia({video: true, audio: true});
    } catch (error) {
      if ((error as DOMException).name === 'NotAllowedError') return;
      throw error;
    }
    if (call !== this.#call || !call?.may.has('screen')) return screen.getTracks().forEach(track => track.stop());
    this.#screen = screen;
    // The browser has a button of its own to stop.
    screen.getVideoTracks()[0]!.addEventListener('ended', () => this.#screen === screen && this.#stopScreen());
    this.#send();
  }

  /** Closes everything. */
  stop() {
    this.#call = undefined;
    this.#sent = {};
    this.#stopScreen();
    this.capture.close(KINDS);
    this.#level.stop();
    this.isSpeaking = false;
  }

  #stopScreen() {
    if (!this.#screen) return;
    for (const track of this.#screen.getTracks()) track.stop();
    this.#screen = undefined;
    this.#send();
  }

  #send() {
    const {capture, kinds} = this;
    const [video, audio] = [this.#screen?.getVideoTracks()[0], this.#screen?.getAudioTracks()[0]];
    const track = (kind: Kind) => (kinds.includes(kind) && capture.isOn(kind) ? capture.track(kind)! : null);
    this.#give('microphone', track('microphone'));
    this.#give('camera', track('camera'));
    this.#give('screen', video ?? null);
    this.#give('screen-audio', audio ?? null);
    const microphone = track('microphone');
    this.#level.follow(microphone ?? undefined);
    this.isSpeaking &&= microphone !== null;
    this.#host.requestUpdate();
  }

  #give(source: Source, track: MediaStreamTrack | null) {
    if (!this.#call || (this.#sent[source] ?? null) === track) return;
    this.#sent[source] = track;
    // A call that ends meanwhile sends nothing.
    void this.#call.send(source, track).catch((error: unknown) => this.#call && console.error(error));
  }

  #onLevel(level: number) {
    const speaks = level > VOICE;
    if (speaks === this.isSpeaking) return;
    this.isSpeaking = speaks;
    this.#host.requestUpdate();
  }
}
