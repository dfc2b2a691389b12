import type {ReactiveController, ReactiveControllerHost} from 'lit';
import {RoomsError, type RoomsErrorCode} from '../rooms/errors.js';

export type Load<T> =
  {status: 'idle'} | {status: 'loading'} | {status: 'loaded'; value: T} | {status: 'failed'; error: RoomsError};

/** Failures after which what was loaded before is not shown any more. */
const FINAL: readonly RoomsErrorCode[] = ['unauthorized', 'signed_out', 'denied', 'misconfigured'];

type Host = ReactiveControllerHost & HTMLElement;

/**
 * Loads one value for an element. The newest call wins and aborts the older one. A call that was aborted because the
 * element left the page starts again when the element returns.
 */
export class LoadController<T> implements ReactiveController {
  state: Load<T> = {status: 'idle'};
  #host: Host;
  #failed: (error: RoomsError) => boolean;
  #ready?: (() => Promise<unknown>) | undefined;
  #work?: (signal: AbortSignal) => Promise<T>;
  #running?: AbortController;

  /**
   * @param failed - Called with each failure; returns whether the element should show it.
   * @param ready - Awaited before that: the words for failures come on demand.
   */
  constructor(host: Host, failed: (error: RoomsError) => boolean, ready?: () => Promise<unknown>) {
    this.#host = host;
    this.#failed = failed;
    this.#ready = ready;
    host.addController(this);
  }

  hostConnected() {
    if (this.#work && this.state.status === 'idle') void this.run(this.#work);
  }

  hostDisconnected() {
    // An element that is only moved is back before the microtask runs.
    queueMicrotask(() => {
      if (this.#host.isConnected || !this.#running) return;
      this.#end();
      if (this.state.status === 'loading') this.state = {status: 'idle'};
    });
  }

  /**
   * Loads again. With `quiet` the loaded value stays until the answer arrives. It also stays if the load fails, unless the
   * visitor may not load it any more.
   */
  async run(work: (signal: AbortSignal) => Promise<T>, {quiet = false} = {}): Promise<void> {
    this.#end();
    this.#work = work;
    const running = (this.#running = new AbortController());
    const keep = quiet && this.state.status === 'loaded';
    if (!keep) this.#set({status: 'loading'});
    const next = await work(running.signal).then(
      (value): Load<T> => ({status: 'loaded', value}),
      (error): Load<T> => ({status: 'failed', error: asRoomsError(error)}),
    );
    // The first render shows that it loads, even if the answer is there before: it makes the place for what was loaded.
    await this.#host.updateComplete;
    // Frameworks set properties after they put the element into the page; a property that arrives starts another run.
    if (next.status === 'failed' && next.error.code === 'misconfigured') await new Promise(done => setTimeout(done));
    if (next.status === 'failed') await this.#ready?.();
    if (running !== this.#running) return;
    this.#running = undefined;
    if (next.status === 'failed') {
      const show = this.#failed(next.error);
      if (keep && !FINAL.includes(next.error.code)) return;
      if (!show) return this.#set({status: 'idle'});
    }
    this.#set(next);
  }

  #end() {
    this.#running?.abort();
    this.#running = undefined;
  }

  #set(state: Load<T>) {
    this.state = state;
    this.#host.requestUpdate();
  }
}

/** Turns any error into a `RoomsError`: a page's own `rooms` may throw anything. */
export const asRoomsError = (error: unknown): RoomsError =>
  error instanceof RoomsError ? error : new RoomsError('internal', 'The rooms of the page failed.', {cause: error});
