// What a page may know of cameras and microphones before it asks for them.

/** What a person shows or says something with. */
export type Kind = 'camera' | 'microphone';

export const KINDS: readonly Kind[] = ['camera', 'microphone'];

/** The same kinds, as the browser's list of devices names them. */
export const INPUT = {camera: 'videoinput', microphone: 'audioinput'} as const;

/**
 * Why a device is not used, or not the one that was chosen:
 *
 * - `denied`: the browser remembers a refusal. `dismissed`: the person closed its question. `refused`: one of the two; the
 *   browser does not tell which. `refusedInFrame`: the same in a frame, whose page may also not have allowed it.
 * - `inUse`, `missing`, `failed`: the device is used by another program, does not exist, or does not start.
 * - `unplugged`: it went away while it was on. `gone`: it is not there, and another one is used instead.
 * - `silent`: something else holds it for a while, such as a telephone call.
 * - `insecure`, `unsupported`, `policy`, `frame`: no page like this one may use it: it is not on https, the browser cannot,
 *   the page's own policy forbids it, or the page around a frame does not allow it.
 * - `slow`: the browser has not answered for 10 seconds.
 */
export type Trouble =
  | 'denied'
  | 'dismissed'
  | 'refused'
  | 'refusedInFrame'
  | 'inUse'
  | 'missing'
  | 'failed'
  | 'unplugged'
  | 'gone'
  | 'silent'
  | 'insecure'
  | 'unsupported'
  | 'policy'
  | 'frame'
  | 'slow';

/** A document of Chromium, which alone tells a page what it was allowed. */
export interface Told {
  featurePolicy?: {allowsFeature(name: Kind): boolean};
}

/** Why no page like this one may use a device; undefined if it may ask for it. */
export function barrierOf(view: Window, kind: Kind): Trouble | undefined {
  if (!view.isSecureContext) return 'insecure';
  // Browsers inside of apps may lack it.
  if (!(view.navigator.mediaDevices as Partial<MediaDevices> | undefined)?.getUserMedia) return 'unsupported';
  const {featurePolicy} = view.document as Told;
  if (!featurePolicy || featurePolicy.allowsFeature(kind)) return undefined;
  return view === view.top ? 'policy' : 'frame';
}

/** What the browser has decided; undefined where it does not tell: Firefox before 132, and browsers inside of apps. */
export async function permissionOf(view: Window, kind: Kind): Promise<PermissionState | undefined> {
  try {
    return (await view.navigator.permissions.query({name: kind})).state;
  } catch {
    return undefined; // The browser does not know permissions, or not this one.
  }
}

/** The camera and the microphone of a page, as others see them; `Capture` of capture.ts, once it is loaded. */
export interface Devices {
  readonly stream: MediaStream | null;
  readonly waiting: readonly Kind[];
  readonly wanted: Partial<Record<Kind, string>>;
  readonly asked: boolean;
  readonly facing?: string | undefined;
  track(kind: Kind): MediaStreamTrack | undefined;
  isOn(kind: Kind): boolean;
  idOf(kind: Kind): string | null;
  of(kind: MediaDeviceKind): MediaDeviceInfo[];
}

/** Before anything was asked for. */
export const ALL_OFF: Devices = {
  stream: null,
  waiting: [],
  wanted: {},
  asked: false,
  track: () => undefined,
  isOn: () => false,
  idOf: () => null,
  of: () => [],
};
