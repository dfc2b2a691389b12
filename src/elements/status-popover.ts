import {css, type LitElement, type ReactiveController} from 'lit';
import {hasFocus} from '../controllers/focus.js';
import {addStyles} from '../styles/root.js';
import {placeBelow} from './place-below.js';

/** The looks of the popover. Without `popover` in the browser it is a box below the button, in the page's own layer. */
const styles = css`
  :host {
    position: relative;
  }
  .over {
    contain-intrinsic-inline-size: none;
    container-type: normal;
    position: fixed;
    inset: auto;
    margin: 0;
    inline-size: max-content;
    max-inline-size: min(320px, 100vw - 16px);
    border: 1px solid var(--_edge);
    padding: calc(2 * var(--_space)) calc(3 * var(--_space));
    background: var(--_surface);
    box-shadow: 0 4px 16px rgb(0 0 0 / 20%);
  }
  .over:not([popover]) {
    position: absolute;
    z-index: 1;
    inset-block-start: 100%;
    inset-inline-start: 0;
    margin-block-start: 6px;
  }
  .over.open {
    display: flow-root;
  }
  .over.asking.open {
    display: grid;
    grid-template-columns: 0 1fr;
    gap: 4px 0;
  }
  .over > label,
  .over > input,
  .over > .copy {
    grid-area: auto / 2;
    margin: 0;
  }
`;

/**
 * Shows the status of a compact `<join-button>` in a popover: while there is something to say and the pointer or the focus
 * is on the button. Escape and a press elsewhere close it until something new is to be said.
 */
export class StatusPopover implements ReactiveController {
  #host: LitElement;
  /** The text that a person has closed. */
  #closed?: string | undefined;
  #connected?: AbortController;

  constructor(host: LitElement) {
    this.#host = host;
    addStyles(host, styles);
    host.addController(this);
  }

  hostConnected() {
    const {signal} = (this.#connected = new AbortController());
    // After the focus has moved: it may move from the button into the popover.
    const soon = () => setTimeout(() => this.#look());
    for (const type of ['pointerenter', 'pointerleave', 'focusin', 'focusout']) {
      this.#host.addEventListener(type, soon, {signal});
    }
    this.#host.addEventListener('keydown', event => event.key === 'Escape' && this.#close(), {signal});
    const elsewhere = (event: Event) => event.composedPath().includes(this.#host) || this.#close();
    document.addEventListener('pointerdown', elsewhere, {signal});
    for (const type of ['scroll', 'resize']) {
      addEventListener(type, () => this.#place(), {signal, capture: true, passive: true});
    }
    this.#look();
  }

  hostDisconnected() {
    this.#connected?.abort();
  }

  hostUpdated() {
    this.#look();
  }

  get #box(): HTMLElement | null {
    return this.#host.renderRoot.querySelector('.over');
  }

  #close() {
    this.#closed = this.#text;
    this.#look();
  }

  get #text() {
    return this.#box?.textContent?.trim();
  }

  #look() {
    const box = this.#box;
    if (!box?.isConnected) return;
    const text = this.#text;
    if (text !== this.#closed) this.#closed = undefined;
    const isOpen = !!text && this.#closed === undefined && (hasFocus(this.#host) || this.#host.matches(':hover'));
    if ('popover' in box && !box.popover) box.popover = 'manual';
    if (isOpen === box.classList.contains('open')) return this.#place();
    box.classList.toggle('open', isOpen);
    if (!box.popover) return;
    if (isOpen) box.showPopover();
    else box.hidePopover();
    this.#place();
  }

  /** Puts it below the button, or above if there is no room below. The window's edges hold it. */
  #place() {
    const box = this.#box;
    if (!box?.popover || !box.classList.contains('open')) return;
    placeBelow(this.#host, box);
  }
}
