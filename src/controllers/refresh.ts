import type {ReactiveControllerHost} from 'lit';

type Host = ReactiveControllerHost & HTMLElement;

/** The least time between two loads, in s. */
const LEAST = 5;

/**
 * Loads again every so many seconds, but not while the page is hidden or the element is not displayed.
 *
 * @param load - Loads again.
 * @param appear - Called when the element or its page becomes visible, before a load that is due.
 * @param every - The seconds between loads; 0 for none.
 */
export function loadAgain(host: Host, load: () => void, appear: () => void, every: () => number) {
  let seconds = 0;
  let timer: ReturnType<typeof setInterval>;
  let connected: AbortController;
  // Older browsers cannot tell whether an element is displayed.
  const isHidden = () => host.ownerDocument.hidden || host.checkVisibility?.() === false;
  const schedule = () => {
    clearInterval(timer);
    if (seconds) timer = setInterval(() => isHidden() || load(), Math.max(seconds, LEAST) * 1000);
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
      const before = seconds;
      seconds = every();
      if (seconds !== before) schedule();
    },
  });
}
