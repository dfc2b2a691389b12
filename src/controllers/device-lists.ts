import type {ReactiveController, ReactiveControllerHost} from 'lit';

/** Browsers fire several events for one device, in ms. */
const PAUSE = 250;

const sameDevice = (one: MediaDeviceInfo, other: MediaDeviceInfo | undefined) =>
  one.deviceId === other?.deviceId && one.label === other.label && one.groupId === other.groupId;

/**
 * The devices that can be chosen. A browser names them only after it has allowed one. Safari fires `devicechange` after each
 * request and Chrome twice for each device, so `changed` is called only if the list differs from the last one.
 */
export class DeviceLists implements ReactiveController {
  all: MediaDeviceInfo[] = [];
  #host: ReactiveControllerHost & HTMLElement;
  #changed: (before: MediaDeviceInfo[]) => void;
  #connected?: AbortController;
  #timer?: ReturnType<typeof setTimeout>;
  #newest = 0;
  #known = false;

  /**
   * @param changed - Called with the list before when a device came or went.
   */
  constructor(host: ReactiveControllerHost & HTMLElement, changed: (before: MediaDeviceInfo[]) => void) {
    this.#host = host;
    this.#changed = changed;
    host.addController(this);
  }

  hostConnected() {
    const {signal} = (this.#connected = new AbortController());
    const later = () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => void this.load(), PAUSE);
    };
    this.#media?.addEventListener?.('devicechange', later, {signal});
  }

  hostDisconnected() {
    this.#connected!.abort();
    clearTimeout(this.#timer);
    this.#newest++;
  }

  /** Reads the list again. An answer that comes after a newer one was asked for is dropped. */
  async load(): Promise<void> {
    const mine = ++this.#newest;
    let all: MediaDeviceInfo[];
    try {
      all = (await this.#media?.enumerateDevices?.()) ?? [];
    } catch {
      return; // The page may not know its devices. Those that are open can still be used.
    }
    if (mine !== this.#newest) return;
    const before = this.all;
    const isFirst = !this.#known;
    this.#known = true;
    if (all.length === before.length && all.every((each, at) => sameDevice(each, before[at]))) return;
    this.all = all;
    this.#host.requestUpdate();
    if (!isFirst) this.#changed(before);
  }

  /** The devices of a kind that have a name. `communications` is a second name that Chromium gives to another device. */
  of(kind: MediaDeviceKind): MediaDeviceInfo[] {
    return this.all.filter(each => each.kind === kind && each.label && each.deviceId !== 'communications');
  }

  get #media(): Partial<MediaDevices> | undefined {
    return this.#host.ownerDocument.defaultView?.navigator.mediaDevices;
  }
}

/** Lets the browser ask which speaker to use, where it insists on that. Throws if the person closes its question. */
export async function askForSpeaker(page: Document): Promise<string> {
  const media = page.defaultView!.navigator.mediaDevices as MediaDevices & {
    selectAudioOutput(): Promise<MediaDeviceInfo>;
  };
  return (await media.selectAudioOutput()).deviceId;
}
