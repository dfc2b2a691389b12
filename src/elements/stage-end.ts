import {html, type TemplateResult} from 'lit';
import type {CallingWords} from '../locales/calling/calling.js';

/** The question before a call is ended for all. */
export const renderQuestion = (words: CallingWords, onEnd: () => void): TemplateResult =>
  html`<dialog
    part="dialog"
    aria-labelledby="ending"
    @close=${(event: Event) => (event.target as HTMLDialogElement).returnValue === 'end' && onEnd()}
  >
    <form method="dialog">
      <h2 id="ending" .textContent=${words.endQuestion}></h2>
      <p .textContent=${words.endMore}></p>
      <button value="" .textContent=${words.stay}></button>
      <button value="end" class="leave" .textContent=${words.endForAll}></button>
    </form>
  </dialog>`;

export function askToEnd(root: ParentNode) {
  const dialog = root.querySelector('dialog')!;
  dialog.returnValue = ''; // Escape does not change it.
  dialog.showModal();
}
