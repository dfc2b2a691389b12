import {html, nothing, type TemplateResult} from 'lit';
import type {Words} from '../locales/joining/joining.js';
import type {RoomsError} from '../rooms/errors.js';
import {renderSignIn} from './sign-in.js';

/** Why there are no rooms in a picker: there are none, none matches, or loading failed. Also the page's slot for it. */
type Reason = 'empty' | 'none' | 'failed';

/**
 * The box that a picker shows instead of rooms.
 *
 * @param message - What it says, unless the page has filled the slot.
 * @param label - The name of the list.
 * @param filled - Names of the slots that the page has filled.
 * @param error - Why loading failed, if it did.
 * @param retry - Loads again.
 */
export function renderMessage(
  {retry: again}: Words,
  message: string,
  label: string,
  reason: Reason,
  filled: Set<string>,
  error: RoomsError | false,
  retry: () => void,
): TemplateResult {
  return html`<div
    part="list ${error ? 'failure' : 'empty'}"
    role="group"
    tabindex="0"
    aria-label=${label}
    aria-describedby="description"
  >
    ${filled.has(reason) ? html`<slot name=${reason}></slot>` : html`<p .textContent=${message}></p>`}
    ${renderSignIn(error)}
    ${error ? html`<button part="retry" @click=${retry} .textContent=${again}></button>` : nothing}
  </div>`;
}
