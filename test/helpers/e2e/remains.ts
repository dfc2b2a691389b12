// What elements leave behind in a page that is served from the sources: devices, connections, sound and listeners.
import type {Page} from 'playwright-core';

interface Counted {
  tracks: MediaStreamTrack[];
  contexts: AudioContext[];
  connections: RTCPeerConnection[];
  /** The types of the listeners at the page's own objects, by the number of the listener. */
  listeners: Map<number, string>;
}

type Listening = (
  this: unknown,
  type: string,
  listener: object | null,
  options?: boolean | AddEventListenerOptions,
) => void;

/** Counts from the next load of the page on. */
export async function count(page: Page) {
  // What is sent into the page names its functions by this, which tsx has and a page has not.
  await page.addInitScript('globalThis.__name = made => made');
  await page.addInitScript(watch);
}

/** What is still there. Listeners of the page's own scripts do not count. */
export const remains = (page: Page) =>
  page.evaluate(() => {
    const {tracks, contexts, connections, listeners} = (window as unknown as {counted: Counted}).counted;
    return {
      tracks: tracks.filter(({readyState}) => readyState === 'live').length,
      contexts: contexts.filter(({state}) => state !== 'closed').length,
      connections: connections.filter(({connectionState}) => connectionState !== 'closed').length,
      listeners: [...listeners.values()],
    };
  });

function watch() {
  const counted: Counted = {tracks: [], contexts: [], connections: [], listeners: new Map()};
  Object.assign(window, {counted});
  const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
  navigator.mediaDevices.getUserMedia = async wish => {
    const stream = await ask(wish);
    counted.tracks.push(...stream.getTracks());
    return stream;
  };
  window.AudioContext = class extends AudioContext {
    constructor() {
      super();
      counted.contexts.push(this);
    }
  };
  window.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      counted.connections.push(this);
    }
  };

  const shared: unknown[] = [window, document, navigator.mediaDevices];
  const {prototype} = EventTarget;
  const add = Reflect.get(prototype, 'addEventListener') as Listening;
  const remove = Reflect.get(prototype, 'removeEventListener') as Listening;
  const numbers = new WeakMap<object, Map<string, number>>();
  let last = 0;
  const addAndCount: Listening = function (type, listener, options) {
    add.call(this, type, listener, options);
    const {signal, once} = typeof options === 'object' ? options : {};
    const isOurs = shared.includes(this ?? window) && String(new Error().stack).includes('/src/');
    if (!listener || once || signal?.aborted || !isOurs) return;
    const number = ++last;
    counted.listeners.set(number, type);
    numbers.set(listener, (numbers.get(listener) ?? new Map<string, number>()).set(type, number));
    if (signal) add.call(signal, 'abort', () => counted.listeners.delete(number));
  };
  const removeAndCount: Listening = function (type, listener, options) {
    remove.call(this, type, listener, options);
    const number = listener && numbers.get(listener)?.get(type);
    if (number) counted.listeners.delete(number);
  };
  Object.assign(prototype, {addEventListener: addAndCount, removeEventListener: removeAndCount});
}
