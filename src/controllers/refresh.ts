import type {ReactiveControllerHost} from 'lit';
import type {Source} from './source.js';

/** The least time between two loads, in s. */
const LEAST = 5;
/** How old the shown numbers of people may be, in s. */
const COUNTED = 10;

/** An element that shows a list of rooms. */
export interface ListHost extends ReactiveControllerHost, HTMLElement {
  readonly source: Source;
  showUsers: boolean;
  refresh: number;
  reload(options: {quiet: boolean}): Promise<void>;
}

/** A list of rooms, and whether each is live. */
export interface List {
  rows: ReadonlyMap<string, {state?: string}>;
}

/**
 * Loads a list of rooms again every `refresh` seconds. With `showUsers`, it loads at least every 10 s while a room is live
 * and the visitor may know who is in. It does not load while the page is hidden or the element is not displayed. When the
 * page becomes visible again, it loads at once.
 */
export function loadAgain(host: ListHost, list: List) {
  let seconds = 0;
  let timer: ReturnType<typeof setInterval>;
  let connected: AbortController;
  const load = () => {
    // Older browsers cannot tell whether an element is displayed.
    const isHidden = host.ownerDocument.hidden || host.checkVisibility?.() === false;
    if (seconds && !isHidden) void host.reload({quiet: true});
  };
  const schedule = () => {
    clearInterval(timer);
    if (seconds) timer = setInterval(load, Math.max(seconds, LEAST) * 1000);
  };
  host.addController({
    hostConnected() {
      connected = new AbortController();
      host.ownerDocument.addEventListener('visibilitychange', load, connected);
      schedule();
      // A load is due; do not wait for the timer.
      load();
    },
    hostDisconnected() {
      connected.abort();
      clearInterval(timer);
    },
    hostUpdate() {
      const before = seconds;
      seconds = secondsOf(host, list);
      if (seconds !== before) schedule();
    },
  });
  host.requestUpdate();
}

/** The seconds between loads; 0 for none. */
function secondsOf({refresh, showUsers, source}: ListHost, {rows}: List): number {
  const isCounted = showUsers && isLive(rows) && mayKnow(source);
  return isCounted ? Math.min(refresh || COUNTED, COUNTED) : refresh;
}

function isLive(rows: List['rows']): boolean {
  for (const {state} of rows.values()) if (state === 'live') return true;
  return false;
}

function mayKnow(source: Source): boolean {
  try {
    return source.rooms.visitor?.()?.can?.includes('users') !== false;
  } catch {
    return false; // There is no endpoint any more; the element reports that when it loads.
  }
}
