import type {LitElement, ReactiveController} from 'lit';
import {missing} from './missing.js';

/** What lasts while an element is on a page: it chooses its colours by what the page has behind it, and ends with it. */
export class Connection implements ReactiveController {
  #host: LitElement;
  #controller = new AbortController();

  constructor(host: LitElement) {
    (this.#host = host).addController(this);
  }

  /** Aborts when the element leaves the page. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  hostConnected() {
    const {signal} = (this.#controller = new AbortController());
    void import('./page.js').then(({followPage}) => followPage(this.#host, signal), missing);
  }

  hostDisconnected() {
    this.#controller.abort();
  }
}
