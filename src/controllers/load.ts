import type {ReactiveController, ReactiveControllerHost} from 'lit';
import {RoomsError} from '../rooms/errors.js';

export type Load<T> =
  {status: 'idle'} | {status: 'loading'} | {status: 'loaded'; value: T} | {status: 'failed'; error: RoomsError};

type Host = ReactiveControllerHost & HTMLElement;

/**
 * One value that an element loads: the newest call wins, the older is aborted; a call cut short because the element
 * left the page begins again when it returns.
 */
export class LoadController<T> implements ReactiveController {
  state: Load<T> = {status: 'idle'};
  #host: Host;
  #failed: (error: RoomsError) => boolean;
  #work?: (signal: AbortSignal) => Promise<T>;
  #running?: AbortController;

  /** `failed` is told of each failure and answers whether the element should show it. */
  constructor(host: Host, failed: (error: RoomsError) => boolean) {
    this.#host = host;
    this.#failed = failed;
    host.addController(this);
  }

  hostConnected() {
    if (this.#work && this.state.status === 'idle') void this.run(this.#work);
  }

  hostDisconnected() {
    // An element that is merely moved is back before the microtask runs.
    queueMicrotask(() => {
      if (this.#host.isConnected || !this.#running) return;
      this.#end();
      if (this.state.status === 'loading') this.state = {status: 'idle'};
    });
  }

  /** Loads anew. With `quiet` what is shown stays until the answer is there, and stays when there is none. */
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
    if (running !== this.#running) return;
    this.#running = undefined;
    if (next.status === 'failed') {
      const show = this.#failed(next.error);
      if (keep) return;
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

/** Any failure as a `RoomsError`; a page's own `rooms` may throw what it likes. */
export const asRoomsError = (error: unknown): RoomsError =>
  error instanceof RoomsError
    ? error
    : new RoomsError('internal', 'The rooms given to the element failed.', {cause: error});
