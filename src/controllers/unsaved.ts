import type {ReactiveController, ReactiveControllerHost} from 'lit';

/** Makes the browser ask before the page is left, while an element on it has unsaved changes. */
export class Unsaved implements ReactiveController {
  #host: ReactiveControllerHost & HTMLElement;
  #isDirty: () => boolean;
  #view?: Window | null;
  /** One function per element, so each can be removed alone. */
  #ask = (event: Event) => event.preventDefault();

  constructor(host: ReactiveControllerHost & HTMLElement, isDirty: () => boolean) {
    this.#host = host;
    this.#isDirty = isDirty;
    host.addController(this);
  }

  hostConnected() {
    this.#view = this.#host.ownerDocument.defaultView;
    this.#host.requestUpdate();
  }

  hostUpdated() {
    const listen = this.#isDirty() && this.#host.isConnected ? 'addEventListener' : 'removeEventListener';
    this.#view?.[listen]('beforeunload', this.#ask);
  }

  hostDisconnected() {
    this.#view?.removeEventListener('beforeunload', this.#ask);
  }
}
