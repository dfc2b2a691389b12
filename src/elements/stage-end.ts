import {html, type TemplateResult} from 'lit';
import type {CallingWords} from '../locales/calling/calling.js';

/** The question before a call is ended for all. It has no form, since a frame with `sandbox` may allow none. */
export function renderQuestion(words: CallingWords, onEnd: () => void): TemplateResult {
  const close = ({currentTarget}: Event) => (currentTarget as HTMLElement).closest('dialog')!.close();
  const end = (event: Event) => {
    close(event);
    onEnd();
  };
  return html`<dialog part="dialog" aria-labelledby="ending">
    <div>
      <h2 id="ending" .textContent=${words.endQuestion}></h2>
      <p .textContent=${words.endMore}></p>
      <button @click=${close} .textContent=${words.stay}></button>
      <button class="leave" @click=${end} .textContent=${words.endForAll}></button>
    </div>
  </dialog>`;
}

export const askToEnd = (root: ParentNode) => root.querySelector('dialog')!.showModal();
