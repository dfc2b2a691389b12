import {bigbluebutton, daily, jaas, jitsi, realtimekit, zoom, type Begin} from '../connect/connect.js';
import {RoomsError} from '../rooms/errors.js';
import type {EndReason, Frame, FrameOptions, Mount, TokenDetail} from './call.js';
import {given, globalOf, moduleAt, trusted, within} from './load.js';

// The vendors' own windows, by their public interfaces. They get a name, and whether microphone and camera are on; they open
// the devices themselves.

/** Shows the vendor's own window for a room of Jitsi, JaaS, Daily, RealtimeKit, BigBlueButton or Zoom. */
export const mount: Mount = (detail, options, signal) => {
  const show = SHOWN[detail.provider];
  if (!show) throw new RoomsError('misconfigured', `No window is known for rooms of ${detail.provider}.`);
  return show(detail, new Ending(options), signal);
};

/** What the vendors' files have in common: it ends once, and the place is empty afterwards. */
class Ending {
  readonly options: FrameOptions;
  #isOver = false;
  constructor(options: FrameOptions) {
    this.options = options;
  }
  get begin(): Required<Begin> {
    const {place: parentNode, microphone, camera} = this.options;
    return {parentNode, microphone, camera};
  }
  /** The vendor says that the call is over. */
  end = (reason: EndReason) => {
    if (this.#isOver) return;
    this.#isOver = true;
    this.options.end(reason);
  };
  /** What the stage gets. `leave` tells the vendor, and is called once. */
  frame(leave: () => unknown): Frame {
    let isLeft = false;
    return {
      leave: () => {
        if (isLeft) return;
        isLeft = true;
        const hadEnded = this.#isOver;
        this.#isOver = true;
        // A vendor that has ended the call already may not know it any more.
        if (!hadEnded) void Promise.resolve(leave()).catch(() => {});
        this.options.place.replaceChildren();
      },
    };
  }
}

/** Waits until a vendor lets the person in. Its error may quote the address, so ours says only that it refused. */
const admission = <T>(work: Promise<T>, signal: AbortSignal, vendor: string) =>
  within(work, signal, vendor).catch((error: unknown): never => {
    throw error instanceof RoomsError ? error : new RoomsError('platform_down', `${vendor} does not let you in.`);
  });

/** The window, once one is in; without that, it leaves no trace of it in the page. */
async function entered(frame: Frame, work: Promise<unknown>, signal: AbortSignal, vendor: string): Promise<Frame> {
  try {
    await admission(work, signal, vendor);
    return frame;
  } catch (error) {
    frame.leave();
    throw error;
  }
}

type Show = (detail: TokenDetail, ending: Ending, signal: AbortSignal) => Promise<Frame>;

/** What an iframe may do that shows a call. */
const ALLOW = 'camera; microphone; display-capture; autoplay; fullscreen; picture-in-picture; screen-wake-lock';

interface Emitter<Event extends string> {
  on(event: Event, listener: (event: never) => void): unknown;
}
const wrong = (what: string) =>
  new RoomsError('misconfigured', `The client of the stage is not ${what}.`, {key: 'client'});
/** The default export of a module, or what the page gave itself. */
const defaultOf = (client: unknown) => (client as {default?: unknown} | undefined)?.default ?? client;

/** As much of Jitsi's external API as is used. */
export interface JitsiApi extends Emitter<'participantKickedOut' | 'videoConferenceLeft' | 'readyToClose'> {
  executeCommand(command: 'hangup'): unknown;
  dispose(): void;
}
export type JitsiConstructor = new (domain: string, options: ReturnType<typeof jitsi>[1] & {lang?: string}) => JitsiApi;

const showJitsi =
  (argumentsOf: typeof jitsi, ...vendor: string[]): Show =>
  async (detail, ending, signal) => {
    const {options, begin, end} = ending;
    const [domain, given] = argumentsOf(detail, begin);
    const {script} = detail.connection as {script: string};
    trusted(`https://${domain}/`, options, ...vendor);
    const address = () => trusted(script, options, ...vendor);
    const Api = options.client ?? (await globalOf('JitsiMeetExternalAPI', address, signal));
    if (typeof Api !== 'function') throw wrong('JitsiMeetExternalAPI');
    const api = new (Api as JitsiConstructor)(domain, {...given, lang: options.language});
    const frame = ending.frame(() => {
      api.executeCommand('hangup');
      api.dispose();
    });
    api.on('participantKickedOut', ({kicked}: {kicked: {local?: boolean}}) => kicked.local && end('removed'));
    api.on('videoConferenceLeft', () => end('left'));
    api.on('readyToClose', () => end('left'));
    return frame;
  };

/** As much of Daily's library as is used. */
export interface DailyLibrary {
  createFrame(
    place: HTMLElement,
    options: {showLeaveButton: boolean; iframeStyle: {width: string; height: string; border: string}},
  ): Emitter<'left-meeting' | 'error'> & {
    join(options: ReturnType<typeof daily>[0]): Promise<unknown>;
    leave(): Promise<unknown>;
    destroy(): Promise<unknown>;
  };
}
/** Daily's fatal errors that are no lost connection. */
const DAILY_ENDS: Record<string, EndReason> = {
  ejected: 'removed',
  'exp-room': 'closed',
  'exp-token': 'closed',
  'no-room': 'closed',
};

const showDaily: Show = async (detail, ending, signal) => {
  const {options, begin, end} = ending;
  const args = daily(detail, begin);
  trusted(args[0].url, options, '.daily.co');
  const address = () => given(/daily-js/, options, 'Daily’s library');
  const library = (defaultOf(options.client) ?? (await globalOf('Daily', address, signal))) as Partial<DailyLibrary>;
  if (typeof library.createFrame !== 'function') throw wrong('@daily-co/daily-js');
  const iframeStyle = {width: '100%', height: '100%', border: '0'};
  const call = library.createFrame(options.place, {showLeaveButton: true, iframeStyle});
  const frame = ending.frame(async () => {
    await call.leave();
    await call.destroy();
  });
  call.on('left-meeting', () => end('left'));
  call.on('error', ({error}: {error?: {type?: string}}) => end(DAILY_ENDS[error?.type ?? ''] ?? 'lost'));
  return entered(frame, call.join(...args), signal, 'Daily');
};

/** As much of RealtimeKit's library as is used. */
export interface RealtimeKitLibrary {
  init(options: ReturnType<typeof realtimekit>[0]): Promise<{self: Emitter<'roomLeft'>; leave(): Promise<unknown>}>;
}
const REALTIMEKIT_ENDS: Record<string, EndReason> = {
  left: 'left',
  'connected-meeting': 'left',
  kicked: 'removed',
  rejected: 'removed',
  ended: 'closed',
};

const showRealtimeKit: Show = async (detail, ending, signal) => {
  const {options, begin, end} = ending;
  const args = realtimekit(detail, begin);
  const core = () => given(/realtimekit(?!-ui)[^/]*\/.*\.js$/, options, 'RealtimeKit’s library');
  const library = (defaultOf(options.client) ??
    (await globalOf('RealtimeKitClient', core, signal))) as Partial<RealtimeKitLibrary>;
  if (typeof library.init !== 'function') throw wrong('@cloudflare/realtimekit');
  if (!customElements.get('rtk-meeting')) {
    const what = 'RealtimeKit’s elements (register rtk-meeting)';
    const ui = await moduleAt(given(/realtimekit-ui/, options, what), signal);
    (ui as {defineCustomElements?: () => void}).defineCustomElements?.();
    await within(customElements.whenDefined('rtk-meeting'), signal, 'RealtimeKit');
  }
  const meeting = await admission(library.init(...args), signal, 'RealtimeKit');
  const frame = ending.frame(() => meeting.leave());
  meeting.self.on('roomLeft', ({state}: {state: string}) => end(REALTIMEKIT_ENDS[state] ?? 'lost'));
  const element = document.createElement('rtk-meeting');
  Object.assign(element, {showSetupScreen: false, mode: 'fill', meeting});
  options.place.append(element);
  return frame;
};

const showBigBlueButton: Show = async (detail, ending, signal) => {
  const {options, end} = ending;
  const [address] = bigbluebutton(detail);
  const iframe = document.createElement('iframe');
  iframe.allow = ALLOW;
  iframe.referrerPolicy = 'no-referrer';
  iframe.title = detail.room.name;
  iframe.src = trusted(address, options);
  for (const [name, value] of [
    ['inline-size', '100%'],
    ['block-size', '100%'],
    ['border', '0'],
  ] as const) {
    iframe.style.setProperty(name, value);
  }
  const loaded = new Promise(resolve => {
    iframe.addEventListener('load', resolve, {once: true});
  });
  // At the end it goes to the meeting's `logoutURL`, which is a page of this site.
  iframe.addEventListener('load', () => isOurs(iframe) && end('left'));
  const frame = ending.frame(() => {});
  options.place.append(iframe);
  return entered(frame, loaded, signal, 'BigBlueButton');
};

function isOurs({contentWindow}: HTMLIFrameElement): boolean {
  try {
    return contentWindow?.location.origin === location.origin;
  } catch {
    return false; // Pages of other origins do not tell theirs.
  }
}

/** As much of Zoom's UI toolkit as is used. */
export interface ZoomToolkit {
  joinSession(
    place: HTMLElement,
    options: {videoSDKJWT: string; sessionName: string; userName: string; features: string[]},
  ): void;
  closeSession(place: HTMLElement): void;
  onSessionClosed(listener: () => void): void;
  onSessionJoined(listener: () => void): void;
}
const ZOOM_FEATURES = ['video', 'audio', 'share', 'users', 'settings'];

const showZoom: Show = async (detail, ending, signal) => {
  const {options, end} = ending;
  const [sessionName, videoSDKJWT, userName] = zoom(detail);
  const address = () => given(/videosdk-ui-toolkit.*\.m?js$/, options, 'Zoom’s UI toolkit');
  const toolkit = defaultOf(options.client ?? (await moduleAt(address(), signal))) as Partial<ZoomToolkit>;
  if (typeof toolkit?.joinSession !== 'function') throw wrong('@zoom/videosdk-ui-toolkit');
  const {place} = options;
  const its = toolkit as ZoomToolkit;
  const frame = ending.frame(() => its.closeSession(place));
  its.joinSession(place, {videoSDKJWT, sessionName, userName, features: ZOOM_FEATURES});
  const joined = new Promise<void>(resolve => its.onSessionJoined(resolve));
  its.onSessionClosed(() => end('left'));
  return entered(frame, joined, signal, 'Zoom');
};

const SHOWN: Partial<Record<string, Show>> = {
  jitsi: showJitsi(jitsi),
  jaas: showJitsi(jaas, '8x8.vc'),
  daily: showDaily,
  realtimekit: showRealtimeKit,
  bigbluebutton: showBigBlueButton,
  zoom: showZoom,
};
