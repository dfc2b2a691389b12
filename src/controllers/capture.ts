import type {ReactiveController, ReactiveControllerHost} from 'lit';
import {DeviceLists} from './device-lists.js';
import {barrierOf, INPUT, KINDS, permissionOf, type Devices, type Kind, type Told, type Trouble} from './permission.js';

const TRACK = {camera: 'video', microphone: 'audio'} as const;

/** How long a browser may think about a request before a person is told, in ms. */
const PATIENCE = 10_000;
/** A device that was just closed may need this long until it opens again, in ms. */
const REST = 500;
/** Phones mute tracks for a moment when they start, in ms. */
const BLINK = 1000;

type Host = ReactiveControllerHost & HTMLElement;

/** What a person asked for, also when it takes several requests to the browser. */
interface Wish {
  /** Wishes are numbered; the answer to one that is not the newest is dropped. */
  id: number;
  facing: string | undefined;
  /** Said once all devices have answered: a sentence about one would become a sentence about both. */
  troubles: Partial<Record<Kind, Trouble>>;
}

/**
 * The camera and the microphone of a page, before a call. It asks for both at once and opens one device of a kind at a time;
 * it never copies a track. A microphone that is off stays open and sends silence, since opening it again takes long and
 * switches headsets to another mode; a camera that is off is closed, so that its light goes out. Whatever arrives after the
 * host left the page is closed at once.
 */
export class Capture implements ReactiveController, Devices {
  /** All open tracks; null if there are none. */
  stream: MediaStream | null = null;
  troubles: Partial<Record<Kind, Trouble>> = {};
  /** What was asked for and is not there yet. */
  waiting: readonly Kind[] = [];
  /** The devices that a person chose, by id. They are kept when the device is not there. */
  wanted: Partial<Record<Kind, string>> = {};
  /** Whether a person has turned something on, or tried to. */
  asked = false;
  #lists: DeviceLists;
  #host: Host;
  #changed: () => void;
  /** The newest request; the answer to an older one is dropped. */
  #newest = 0;
  /** Tracks that arrived while others of the same request are awaited. */
  #early: MediaStreamTrack[] = [];
  #gone = new Set<string>();
  #timer?: ReturnType<typeof setTimeout>;
  #listening = new Map<MediaStreamTrack, AbortController>();

  /**
   * @param changed - Called when the tracks or the chosen devices changed.
   */
  constructor(host: Host, changed: () => void) {
    this.#host = host;
    this.#changed = changed;
    this.#lists = new DeviceLists(host, before => void this.#onDevices(before));
    host.addController(this);
  }

  hostDisconnected() {
    // An element that is only moved is back before the microtask runs.
    queueMicrotask(() => this.#host.isConnected || this.#drop());
  }

  track(kind: Kind): MediaStreamTrack | undefined {
    return this.stream?.getTracks().find(track => track.kind === TRACK[kind]);
  }

  isOn(kind: Kind): boolean {
    return this.track(kind)?.enabled === true;
  }

  /** The devices that can be chosen. */
  of(kind: MediaDeviceKind): MediaDeviceInfo[] {
    return this.#lists.of(kind);
  }

  /** The id of the device in use; null if it is off. */
  idOf(kind: Kind): string | null {
    return this.isOn(kind) ? (this.track(kind)!.getSettings().deviceId ?? '') : null;
  }

  /** Finds out whether a page like this one may ask for devices; returns those that it may ask for. */
  check(kinds = KINDS): readonly Kind[] {
    const view = this.#view;
    for (const kind of kinds) this.#say(kind, view ? barrierOf(view, kind) : undefined);
    return kinds.filter(kind => !this.troubles[kind]);
  }

  /** Opens devices, in one request. `on`: those that stay on; the others were only asked about. */
  async open(kinds: readonly Kind[], on = kinds, facing?: string): Promise<void> {
    const view = this.#view;
    this.asked = true;
    this.#cancel();
    const wish: Wish = {id: this.#newest, facing, troubles: {}};
    if (!view) return;
    const open = this.check(kinds);
    if (!open.length) return;
    // Some devices open only once, and a second request silences the first on iOS.
    for (const kind of open) this.#remove(this.track(kind));
    this.waiting = open;
    this.#timer = setTimeout(() => {
      this.waiting = [];
      for (const kind of open) this.#say(kind, 'slow');
    }, PATIENCE);
    await this.#ask(view, open, wish);
    if (wish.id !== this.#newest) return;
    clearTimeout(this.#timer);
    this.waiting = [];
    for (const track of this.#early.splice(0)) this.#add(track);
    for (const kind of open) this.#say(kind, wish.troubles[kind]);
    for (const kind of kinds) if (!on.includes(kind)) this.#turnOff(kind);
    this.#tell();
    await this.#lists.load();
  }

  /** Turns a device on or off. The first time, the browser is asked for all `kinds` at once. */
  async toggle(kind: Kind, kinds: readonly Kind[]) {
    const track = this.track(kind);
    if (this.isOn(kind)) this.#turnOff(kind);
    else if (track) track.enabled = true;
    else {
      const rest = this.asked ? [] : kinds.filter(each => each !== kind && !this.track(each));
      return this.open([kind, ...rest], [kind]);
    }
    this.#tell();
  }

  /** Uses another device, at once if that kind is on. */
  async choose(kind: Kind, id: string) {
    this.wanted[kind] = id;
    this.#gone.delete(id);
    await this.open([kind]);
  }

  /** Which way the camera looks; undefined where nobody knows, as on desktops. */
  get facing(): string | undefined {
    return this.track('camera')?.getSettings().facingMode;
  }

  /** Changes between the front and the back camera of a phone. If the other does not open, the old one does again. */
  async flip() {
    const {wanted} = this;
    const {deviceId = ''} = this.track('camera')?.getSettings() ?? {};
    this.wanted = {...wanted, camera: ''};
    await this.open(['camera'], ['camera'], this.facing === 'environment' ? 'user' : 'environment');
    const id = this.idOf('camera');
    this.wanted.camera = id ?? deviceId;
    if (id === null && deviceId) await this.open(['camera']);
  }

  /** Hands the tracks over. From then on they are not closed here, and an answer that is still awaited is dropped. */
  take(): MediaStream | null {
    this.#cancel();
    const {stream} = this;
    this.#forget();
    return stream;
  }

  /** Goes on with tracks that another element opened and handed over. */
  adopt(stream: MediaStream | null) {
    for (const track of stream?.getTracks() ?? []) this.#add(track);
    this.asked ||= stream !== null;
    void this.#lists.load();
  }

  /** Reads the list of devices again. */
  async relist() {
    await this.#lists.load();
  }

  /** Closes devices that may not be used any more. One that is still being opened is closed when it comes. */
  close(kinds: readonly Kind[]) {
    if (this.waiting.some(kind => kinds.includes(kind))) this.#cancel();
    for (const kind of kinds) {
      this.#remove(this.track(kind));
      this.#say(kind, undefined);
    }
  }

  /** Puts the tracks of the answer into `#early`, and what is wrong with the kinds that gave none into the wish. */
  async #ask(view: Window, kinds: readonly Kind[], wish: Wish, again = false): Promise<void> {
    try {
      const tracks = (
        await view.navigator.mediaDevices.getUserMedia(this.#constraints(kinds, wish.facing))
      ).getTracks();
      if (wish.id === this.#newest) this.#early.push(...tracks);
      else tracks.forEach(track => track.stop());
    } catch (error) {
      const {name} = error as DOMException;
      const [kind] = kinds as [Kind];
      if (name === 'NotAllowedError' || name === 'SecurityError') {
        const states = await Promise.all(kinds.map(each => permissionOf(view, each)));
        if (wish.id !== this.#newest) return;
        const left = kinds.filter((_, at) => states[at] !== 'denied');
        // One that is forbidden makes the whole request fail, without a question.
        const isMixed = left.length > 0 && left.length < kinds.length;
        kinds.forEach((each, at) => {
          if (!isMixed || !left.includes(each)) wish.troubles[each] = refusalOf(view, states[at]);
        });
        if (isMixed) await this.#ask(view, left, wish);
        return;
      }
      const isGone = /^(NotFound|Overconstrained)Error$/.test(name);
      if (isGone && (await this.#dropGone(view, kinds, wish))) return this.#ask(view, kinds, wish);
      if (wish.id !== this.#newest) return;
      if (kinds.length > 1) {
        for (const each of kinds) await this.#ask(view, [each], wish);
        return;
      }
      const isBusy = /^(NotReadable|Abort)Error$/.test(name);
      if (isBusy && !again) {
        await new Promise(resolve => setTimeout(resolve, REST));
        if (wish.id === this.#newest) await this.#ask(view, kinds, wish, true);
        return;
      }
      wish.troubles[kind] = isBusy ? 'inUse' : isGone ? 'missing' : 'failed';
    }
  }

  #constraints(kinds: readonly Kind[], facing?: string): MediaStreamConstraints {
    const idOf = (kind: Kind) => {
      const id = this.wanted[kind];
      return id && !this.#gone.has(id) ? {deviceId: {exact: id}} : undefined;
    };
    const size = {width: {ideal: 1280}, height: {ideal: 720}};
    return {
      ...(kinds.includes('microphone') && {audio: idOf('microphone') ?? true}),
      ...(kinds.includes('camera') && {
        video: {...size, ...(idOf('camera') ?? {facingMode: {ideal: facing ?? 'user'}})},
      }),
    };
  }

  /** Passes over the chosen devices that are gone; false if there are none. */
  async #dropGone(view: Window, kinds: readonly Kind[], {troubles}: Wish): Promise<boolean> {
    const all = await view.navigator.mediaDevices.enumerateDevices();
    const lost = kinds.filter(kind => {
      const id = this.wanted[kind];
      return id && !this.#gone.has(id) && !all.some(each => each.kind === INPUT[kind] && each.deviceId === id);
    });
    for (const kind of lost) {
      this.#gone.add(this.wanted[kind]!);
      troubles[kind] = 'gone';
    }
    return lost.length > 0;
  }

  #add(track: MediaStreamTrack) {
    const kind = track.kind === 'video' ? 'camera' : 'microphone';
    const listening = new AbortController();
    const {signal} = listening;
    this.#listening.set(track, listening);
    let timer: ReturnType<typeof setTimeout>;
    signal.addEventListener('abort', () => clearTimeout(timer));
    const reopen = () => this.troubles[kind] === 'silent' && void this.open([kind], this.isOn(kind) ? [kind] : []);
    track.addEventListener('ended', () => void this.#onEnded(kind, track), {signal});
    track.addEventListener('mute', () => (timer = setTimeout(() => this.#say(kind, 'silent'), BLINK)), {signal});
    track.addEventListener('unmute', () => (clearTimeout(timer), reopen()), {signal});
    const page = this.#host.ownerDocument;
    page.addEventListener('visibilitychange', () => page.hidden || reopen(), {signal});
    this.stream ??= new MediaStream();
    this.stream.addTrack(track);
  }

  #turnOff(kind: Kind) {
    const track = this.track(kind);
    if (kind === 'camera') this.#remove(track);
    else if (track) track.enabled = false;
  }

  #remove(track: MediaStreamTrack | undefined) {
    if (!track) return;
    this.#listening.get(track)?.abort();
    this.#listening.delete(track);
    track.stop();
    this.stream!.removeTrack(track);
    if (!this.stream!.getTracks().length) this.stream = null;
  }

  /** A track ends by itself when its device is unplugged or its permission withdrawn. Another device may do, once. */
  async #onEnded(kind: Kind, track: MediaStreamTrack) {
    const wasOn = track.enabled;
    const {deviceId} = track.getSettings();
    this.#remove(track);
    this.#say(kind, 'unplugged');
    this.#tell();
    const mine = this.#newest;
    const state = this.#view && (await permissionOf(this.#view, kind));
    if (mine !== this.#newest || state !== 'granted') return;
    if (deviceId) this.#gone.add(deviceId);
    await this.open([kind], wasOn ? [kind] : []);
    if (this.track(kind)) this.#say(kind, 'gone');
    else if (this.troubles[kind] === 'missing') this.#say(kind, 'unplugged');
  }

  /** A device came or went: one that was missing may be there, and the system may use another one by default. */
  async #onDevices(before: MediaDeviceInfo[]) {
    const {all} = this.#lists;
    for (const {deviceId} of all) this.#gone.delete(deviceId);
    for (const kind of KINDS) {
      const find = (list: MediaDeviceInfo[]) =>
        list.find(each => each.kind === INPUT[kind] && each.deviceId === 'default' && each.label);
      const [old, now] = [find(before), find(all)];
      const isOther = old && now && (old.groupId !== now.groupId || old.label !== now.label);
      if (isOther && this.idOf(kind) === 'default') await this.open([kind]);
      const isMissed = /^(missing|unplugged)$/.test(this.troubles[kind] ?? '');
      const count = (list: MediaDeviceInfo[]) => list.filter(each => each.kind === INPUT[kind]).length;
      if (!isMissed || count(all) <= count(before)) continue;
      this.#say(kind, undefined);
      if (this.#view && (await permissionOf(this.#view, kind)) === 'granted') await this.open([kind]);
    }
  }

  #say(kind: Kind, trouble: Trouble | undefined) {
    this.troubles = {...this.troubles, [kind]: trouble};
    this.#host.requestUpdate();
  }

  #tell() {
    this.#host.requestUpdate();
    this.#changed();
  }

  /** Makes the answers to all requests so far late. */
  #cancel() {
    this.#newest++;
    clearTimeout(this.#timer);
    this.waiting = [];
    for (const track of this.#early.splice(0)) track.stop();
  }

  #drop() {
    this.#cancel();
    for (const track of this.stream?.getTracks() ?? []) track.stop();
    this.#forget();
  }

  #forget() {
    for (const each of this.#listening.values()) each.abort();
    this.#listening.clear();
    this.stream = null;
    this.troubles = {};
    this.#host.requestUpdate();
  }

  get #view(): Window | null {
    return this.#host.ownerDocument.defaultView;
  }
}

/** What a refused request means, by what the browser has decided since then. */
function refusalOf(view: Window, state: PermissionState | undefined): Trouble {
  if (state === 'denied') return 'denied';
  if (state === 'prompt') return 'dismissed';
  const isUntold = view !== view.top && !(view.document as Told).featurePolicy;
  return isUntold ? 'refusedInFrame' : 'refused';
}
