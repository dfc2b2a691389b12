import {html, type LitElement, type ReactiveController, type TemplateResult} from 'lit';
import type {ManagingWords} from '../locales/managing/managing.js';
import {onlyOnce} from './only-once.js';

/** The question before a room is deleted. It has no form, since a frame with `sandbox` may allow none. */
export class DeleteQuestion implements ReactiveController {
  #host: LitElement;
  #onDelete: () => void;

  /** @param onDelete - Called when a person has confirmed it. */
  constructor(host: LitElement, onDelete: () => void) {
    this.#host = host;
    this.#onDelete = onDelete;
    host.addController(this);
  }

  get isOpen(): boolean {
    return this.#dialog?.open === true;
  }

  hostDisconnected() {
    // Otherwise it would be open but no longer modal when the element returns.
    this.show(false);
  }

  /** Opens or closes the dialog. Simulated pages, such as jsdom, have only its attribute. */
  show(open: boolean) {
    const dialog = this.#dialog;
    if (!dialog?.showModal) dialog?.toggleAttribute('open', open);
    else if (open) dialog.showModal();
    else dialog.close();
  }

  /**
   * @param name - The name of the room.
   */
  render(name: string, words: ManagingWords): TemplateResult {
    const keep = onlyOnce(() => this.show(false));
    const sure = onlyOnce(() => {
      this.show(false);
      this.#onDelete();
    });
    return html`<dialog part="dialog" aria-labelledby="question">
      <p id="question" .textContent=${words.confirmDelete(name)}></p>
      <div class="actions">
        <button part="keep" class="quiet" @click=${keep} .textContent=${words.keep}></button>
        <button part="delete" class="danger" @click=${sure} .textContent=${words.delete}></button>
      </div>
    </dialog>`;
  }

  get #dialog(): HTMLDialogElement | null {
    // Before the first render there is no shadow root.
    return this.#host.renderRoot?.querySelector('dialog') ?? null;
  }
}
