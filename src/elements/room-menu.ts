import {css, html, type ReactiveController, type TemplateResult} from 'lit';
import {hasFocus} from '../controllers/focus.js';
import type {Language} from '../controllers/language.js';
import type {PickingWords} from '../locales/picking/picking.js';
import {addStyles} from '../styles/root.js';
import type {Layout, PickerHost} from './picker-layout.js';
import {placeBelow} from './place-below.js';

/** Without `popover` in the browser the list is a box below the button, in the page's own layer. */
const styles = css`
  :host([layout='menu']) {
    position: relative;
  }
  [part='toggle'] {
    --_fill: var(--_surface);
    display: flex;
    gap: 1ch;
    align-items: center;
    inline-size: 100%;
    border-color: var(--_edge);
    color: var(--_text);
    font-weight: inherit;
    text-align: start;
  }
  [part='toggle']::after {
    content: '';
    flex: none;
    margin-inline-start: auto;
    inline-size: 0.5em;
    block-size: 0.5em;
    border: solid currentcolor;
    border-width: 0 2px 2px 0;
    border-radius: 0;
    transform: translateY(-25%) rotate(45deg);
  }
  [part='toggle'] > bdi {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  [part='menu'] {
    position: fixed;
    inset: auto;
    display: none;
    margin: 0;
    border: 1px solid var(--_edge);
    padding: calc(2 * var(--_space));
    background: var(--_surface);
    color: inherit;
    box-shadow: 0 8px 28px rgb(0 0 0 / 24%);
  }
  [part='menu'].open {
    display: block;
  }
  [part='menu']:not([popover]) {
    position: absolute;
    z-index: 1;
    inset-block-start: 100%;
    inset-inline: 0;
  }
  [part='menu'] > .frame {
    block-size: auto;
    max-block-size: min(var(--room-list-size, 372px), 100vh - 24px);
  }
`;

/**
 * A button that shows the chosen room and opens the list. The keys are those of a native menu: arrows, Enter and Space open
 * it; Escape, Tab and a press elsewhere close it. A choice closes it, too.
 */
export class RoomMenu implements Layout, ReactiveController {
  #host: PickerHost;
  #words: Language<PickingWords>;
  #connected?: AbortController;
  #isOpen = false;

  constructor(host: PickerHost, words: Language<PickingWords>) {
    this.#host = host;
    this.#words = words;
    addStyles(host, styles);
    host.addController(this);
  }

  hostConnected() {
    const {signal} = (this.#connected = new AbortController());
    const host = this.#host;
    const elsewhere = (event: Event) => event.composedPath().includes(host) || this.#show(false);
    host.ownerDocument.addEventListener('pointerdown', elsewhere, {signal});
    for (const type of ['scroll', 'resize']) {
      host.ownerDocument.defaultView?.addEventListener(type, () => this.#place(), {
        signal,
        capture: true,
        passive: true,
      });
    }
    // After the focus has moved.
    host.addEventListener('focusout', () => setTimeout(() => hasFocus(host) || this.#show(false)), {signal});
    host.addEventListener('change', () => this.#close(), {signal});
    // Whoever chooses what is chosen already wants to go on with it.
    host.addEventListener('click', event => isAtOption(event) && this.#close(), {signal});
    host.addEventListener('keydown', event => this.#onKey(event), {signal});
  }

  hostDisconnected() {
    this.#connected?.abort();
    this.#isOpen = false;
  }

  hostUpdated() {
    this.#look();
  }

  render(frame: TemplateResult, label: string, disabled: boolean): TemplateResult {
    const {room} = this.#host;
    const name = room?.name ?? this.#words.words.choose;
    return html`<button
        part="toggle"
        type="button"
        aria-haspopup="listbox"
        aria-expanded=${this.#isOpen}
        aria-label=${`${label}: ${name}`}
        aria-describedby="description"
        ?disabled=${disabled}
        @click=${() => (this.#isOpen ? this.#close() : this.#open())}
      >
        <bdi .textContent=${name}></bdi>
      </button>
      <div part="menu">${frame}</div>`;
  }

  get #box(): HTMLElement | null {
    return this.#host.renderRoot.querySelector('[part=menu]');
  }

  get #button(): HTMLElement | null {
    return this.#host.renderRoot.querySelector('[part=toggle]');
  }

  #open() {
    this.#show(true);
    this.#look();
    this.#box?.querySelector<HTMLElement>('input, [part~=list]')?.focus();
  }

  /** Closes it and gives the focus back to the button. */
  #close() {
    if (!this.#isOpen) return;
    this.#button?.focus();
    this.#show(false);
  }

  #show(isOpen: boolean) {
    if (isOpen === this.#isOpen) return;
    this.#isOpen = isOpen;
    this.#host.requestUpdate();
  }

  #onKey(event: KeyboardEvent) {
    const {key} = event;
    const isAtButton = event.composedPath()[0] === this.#button;
    const isAtList = roleOf(event.composedPath()[0]) === 'listbox';
    if (this.#isOpen && (key === 'Escape' || (key === 'Enter' && isAtList))) this.#close();
    else if (isAtButton && (key === 'ArrowDown' || key === 'ArrowUp')) this.#open();
    else return;
    event.preventDefault();
  }

  /** Shows in the browser what the state is. */
  #look() {
    const box = this.#box;
    if (!box?.isConnected) return;
    if ('popover' in box && !box.popover) box.popover = 'manual';
    if (this.#isOpen !== box.classList.contains('open')) {
      box.classList.toggle('open', this.#isOpen);
      if (box.popover && this.#isOpen) box.showPopover();
      else if (box.popover) box.hidePopover();
    }
    this.#place();
  }

  #place() {
    const box = this.#box;
    if (!box?.popover || !this.#isOpen) return;
    const {width} = this.#host.getBoundingClientRect();
    box.style.inlineSize = `max(${width}px, min(300px, 100vw - 12px))`;
    placeBelow(this.#button!, box);
  }
}

const roleOf = (target: EventTarget | undefined) => (target as Element | undefined)?.getAttribute?.('role');

const isAtOption = (event: Event) => event.composedPath().some(each => roleOf(each) === 'option');
