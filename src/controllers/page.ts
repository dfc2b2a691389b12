import type {LitElement} from 'lit';
import {followBackdrop} from './backdrop.js';

/** Follows the page around an element until `signal` aborts. It is loaded after the element. */
export function followPage(host: LitElement, signal: AbortSignal) {
  leaveWithWindow(host, signal);
  followBackdrop(host, signal);
}

/**
 * Takes an element out of another window when that is closed, or of a frame when that is removed, until `signal` aborts. The
 * timers, requests, devices and calls of the element are those of the page that made it, and would go on. Chrome would also
 * take all listeners from it, the page's own, too. The page can put it back: while the window is visible, a listener to its
 * `pagehide` still finds the element there.
 */
export function leaveWithWindow(host: HTMLElement, signal: AbortSignal) {
  const page = host.ownerDocument;
  if (page === document) return;
  const leave = () => {
    if (host.ownerDocument === page) host.remove();
  };
  const onHide = ({persisted}: PageTransitionEvent) => {
    // A page that the browser keeps comes back with all that is in it.
    if (persisted) return;
    // The last event before the listeners are gone, unless it has been before.
    if (page.hidden) leave();
    else page.addEventListener('visibilitychange', leave, {signal});
    setTimeout(leave);
  };
  page.defaultView?.addEventListener('pagehide', onHide, {signal});
}
