import type {LitElement, ReactiveController} from 'lit';
import {Capture} from '../controllers/capture.js';
import {askForSpeaker} from '../controllers/device-lists.js';
import {Language} from '../controllers/language.js';
import {Level} from '../controllers/level.js';
import {missing} from '../controllers/missing.js';
import {playTone} from '../controllers/tone.js';
import {DevicesChangeEvent} from './devices-event.js';
import type {PreJoinTrouble} from './pre-join-trouble.js';
import type {Remembered} from './remembered.js';

/** A `<pre-join>`, as its devices know it. */
interface Host extends LitElement {
  readonly noMicrophone: boolean;
}

/**
 * The devices of a `<pre-join>`, from the first press on: the camera, the microphone with its level, and the speaker. Loaded
 * when a person turns something on, and before that if the browser allows it already or never will.
 */
export class PreJoinDevices implements ReactiveController {
  readonly capture: Capture;
  /** Says what is wrong, once something is. */
  trouble?: PreJoinTrouble;
  /** Whether a voice was heard. */
  heard = false;
  /** Whether the sound to test the speaker is heard. */
  isPlaying = false;
  /** The id of the speaker; empty: the system's. */
  speaker: string;
  #host: Host;
  #level: Level;
  #keep: (more: Remembered) => void;
  #connected = new AbortController();

  /**
   * @param recalled - What was remembered of the visitor.
   * @param keep - Called with what a person chose, to remember it.
   */
  constructor(host: Host, {camera = '', microphone = '', speaker = ''}: Remembered, keep: (more: Remembered) => void) {
    this.#host = host;
    this.#keep = keep;
    this.speaker = speaker;
    this.#level = new Level(() => this.#onLevel());
    this.capture = new Capture(host, () => this.#onCapture());
    this.capture.wanted = {camera, microphone};
    this.capture.check();
    host.addController(this);
  }

  hostConnected() {
    const {signal} = (this.#connected = new AbortController());
    // A context that was made without a gesture starts with the next one.
    for (const type of ['pointerdown', 'keydown']) {
      const wake = () => this.capture.isOn('microphone') && this.#level.wake();
      this.#host.ownerDocument.addEventListener(type, wake, {signal});
    }
  }

  hostDisconnected() {
    this.#connected.abort();
    // An element that is only moved is back before the microtask runs.
    queueMicrotask(() => this.#host.isConnected || this.#level.stop());
  }

  hostUpdated() {
    const {camera, microphone} = this.capture.troubles;
    if (!this.trouble && (camera ?? microphone)) void this.#explain();
  }

  /** Does what a person pressed for. If the button goes by that, the focus stays in the preview. */
  async turn(work: (capture: Capture) => Promise<void>) {
    const host = this.#host;
    const {capture} = this;
    const root = host.shadowRoot!;
    const button = root.activeElement;
    if (!host.noMicrophone) this.#level.wake();
    const done = work(capture);
    host.requestUpdate();
    await done;
    if (!capture.track('microphone')) this.#level.stop();
    const {camera, microphone} = capture.wanted;
    const off = {cameraOff: !capture.isOn('camera'), microphoneOff: !capture.isOn('microphone')};
    if (host.isConnected) this.#keep({camera, microphone, ...off});
    await host.updateComplete;
    if (button && !button.isConnected) root.querySelector<HTMLElement>('.tool')?.focus();
  }

  /** Uses another speaker; without an id, the browser asks which one. */
  async choose(speaker?: string) {
    try {
      this.speaker = speaker ?? (await askForSpeaker(this.#host.ownerDocument));
    } catch {
      return; // The person closed the browser's question.
    }
    this.#keep({speaker: this.speaker});
    this.#onCapture();
    await this.capture.relist();
  }

  /** Plays a sound on the chosen speaker. */
  async playTone() {
    if (this.isPlaying) return;
    this.#play(true);
    try {
      await playTone(this.speaker, this.#connected.signal);
    } catch (cause) {
      console.warn('<pre-join>: The chosen speaker plays nothing.', cause);
    }
    this.#play(false);
  }

  /** Hands the tracks over, and forgets them. */
  take(): MediaStream | null {
    this.#level.stop();
    return this.capture.take();
  }

  #play(isPlaying: boolean) {
    this.isPlaying = isPlaying;
    this.#host.requestUpdate();
  }

  async #explain() {
    try {
      const [{PreJoinTrouble}, {troubles}] = await Promise.all([
        import('./pre-join-trouble.js'),
        import('../locales/troubles/troubles.js'),
      ]);
      this.trouble ??= new PreJoinTrouble(this.#host, new Language(this.#host, troubles));
      this.#host.requestUpdate();
    } catch (cause) {
      missing(cause);
    }
  }

  #onCapture() {
    const {capture, speaker} = this;
    const track = capture.track('microphone');
    this.#level.follow(track);
    this.heard &&= track !== undefined;
    this.#host.requestUpdate();
    const [camera, microphone] = [capture.idOf('camera'), capture.idOf('microphone')];
    this.#host.dispatchEvent(new DevicesChangeEvent({camera, microphone, speaker, stream: capture.stream}));
  }

  #onLevel() {
    this.#level.show(this.#host.renderRoot, this.capture.isOn('microphone'));
    if (this.heard === this.#level.heard) return;
    this.heard = this.#level.heard;
    this.#host.requestUpdate();
  }
}
