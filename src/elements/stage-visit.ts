import {asRoomsError} from '../controllers/load.js';
import {RoomsError} from '../rooms/errors.js';
import type {TokenDetail} from '../rooms/token-detail.js';
import type {Call, CallListener, Client, Frame, FrameOptions, Given} from '../stage/call.js';

/** How long a client may take until one is in or knocks, in ms. */
const PATIENCE = 30_000;

/** A visit tells the stage what happens. */
export interface VisitListener extends Required<CallListener> {
  /** The person is in the call. */
  inside(call: Call): void;
  /** The vendor's own window is there. */
  framed(frame: Frame): void;
  /** The call could not begin. */
  refused(error: RoomsError): void;
}

/** What the page has for a visit, besides the token. */
export interface VisitOptions {
  given: Given;
  /** Makes the place for a vendor's own window. */
  place(): Omit<FrameOptions, 'end'>;
  /** Aborted when the visit is over. The listener is told nothing any more then. */
  signal: AbortSignal;
}

/** One visit, from a token to the end of its call: loads the client and joins. */
export async function enter(
  load: () => Promise<Client>,
  detail: TokenDetail,
  {given, place, signal}: VisitOptions,
  listener: VisitListener,
) {
  const on = until(signal, listener);
  const late = () => on.refused(new RoomsError('timeout', 'The client did not answer in time.'));
  const timer = setTimeout(late, PATIENCE);
  const stopTimer = () => clearTimeout(timer);
  signal.addEventListener('abort', stopTimer);
  const waiting = (isBroken: boolean) => {
    stopTimer();
    on.waiting(isBroken);
  };
  try {
    const client = await load();
    if (signal.aborted) return;
    if ('mount' in client) {
      const frame = await client.mount(detail, {...place(), end: on.end}, signal);
      if (signal.aborted) return frame.leave();
      on.framed(frame);
    } else {
      const call = await client.connect(detail, {...on, waiting}, signal, given);
      if (signal.aborted) return call.leave();
      on.inside(call);
    }
    stopTimer();
  } catch (cause) {
    // Browsers refuse an address at once that is none, or `ws:` from a page with https.
    const isRefused = cause instanceof DOMException;
    on.refused(isRefused ? new RoomsError('misconfigured', cause.message, {cause}) : asRoomsError(cause));
  }
}

/** The same listener, which is told nothing any more once `signal` is aborted. */
function until<T extends object>(signal: AbortSignal, on: T): T {
  const tells = Object.entries(on) as [string, (...news: unknown[]) => void][];
  return Object.fromEntries(
    tells.map(([name, tell]) => [name, (...news: unknown[]) => signal.aborted || tell(...news)]),
  ) as T;
}
