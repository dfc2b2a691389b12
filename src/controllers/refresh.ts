import type {ReactiveControllerHost} from 'lit';

interface Host extends ReactiveControllerHost, HTMLElement {
  /** Seconds between loads; 0 for none. */
  refresh: number;
}

/** The least time between two loads, in s. */
const LEAST = 5;

/**
 * Loads again every `refresh` seconds, but not while the page is hidden.
 *
 * @param load - Loads again.
 * @param appear - Called when the element or its page becomes visible, before a load that is due.
 */
export function loadAgain(host: Host, load: () => void, appear: () => void) {
  let seconds = 0;
  let timer: ReturnType<typeof setInterval>;
  let connected: AbortController;
  const schedule = () => {
    clearInterval(timer);
    if (seconds) timer = setInterval(() => host.ownerDocument.hidden || load(), Math.max(seconds, LEAST) * 1000);
  };
  const onVisible = () => {
    if (host.ownerDocument.hidden) return;
    appear();
    // A load is due; do not wait for the timer.
    if (seconds) load();
    host.requestUpdate();
  };
  host.addController({
    hostConnected() {
      connected = new AbortController();
      host.ownerDocument.addEventListener('visibilitychange', onVisible, connected);
      schedule();
      onVisible();
    },
    hostDisconnected() {
      connected.abort();
      clearInterval(timer);
    },
    hostUpdate() {
      if (host.refresh === seconds) return;
      seconds = host.refresh;
      schedule();
    },
  });
}
