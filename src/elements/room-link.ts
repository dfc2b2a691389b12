import {html, type LitElement, type TemplateResult} from 'lit';
import {around} from '../controllers/around.js';
import type {Language} from '../controllers/language.js';
import type {SharingWords} from '../locales/sharing/sharing.js';
import {webAddress} from '../rooms/web-address.js';

/**
 * The address at which people join a room: `template` with the room's id for `{room}`; without a template the page's own
 * address, if a `<green-room deep-link>` around the element opens the room that its address names. Undefined if there is
 * neither, or if it is no http(s) address.
 */
export function linkTo(host: Element, template: string, roomId: string): string | undefined {
  const page = host.ownerDocument;
  if (template) {
    const filled = template.replaceAll('{room}', encodeURIComponent(roomId));
    return URL.canParse(filled, page.baseURI) ? webAddress(new URL(filled, page.baseURI))?.href : undefined;
  }
  for (let at: Element | null | undefined = host; at; at = around(at)) {
    if (at.localName !== 'green-room' || !at.hasAttribute('deep-link')) continue;
    const url = new URL(page.location.href);
    url.searchParams.set('room', roomId);
    url.hash = '';
    return webAddress(url)?.href;
  }
  return undefined;
}

/** A link that can be copied: a button, and a field with the address. */
export class CopyLink {
  #host: LitElement;
  #words: Language<SharingWords>;
  /** What became of the last press, and of which link. */
  #last?: {link: string; copied: boolean};

  constructor(host: LitElement, words: Language<SharingWords>) {
    this.#host = host;
    this.#words = words;
  }

  /**
   * @param hasField - Whether the address is shown. If not, it is once it could not be copied.
   */
  render(link: string, hasField = true): TemplateResult {
    const {words} = this.#words;
    const {copied} = this.#last?.link === link ? this.#last : {};
    const said = copied === undefined ? '' : copied ? words.copied : words.selected;
    return html`<div part="link" class="link">
      <input
        part="address"
        class="address"
        type="url"
        dir="ltr"
        readonly
        aria-label=${words.label}
        ?hidden=${!hasField && copied !== false}
        .value=${link}
      />
      <button
        part="copy"
        class="quiet"
        type="button"
        @click=${() => this.#copy(link)}
        .textContent=${words.copy}
      ></button>
      <p part="help" class="help" role="status" .textContent=${said}></p>
    </div>`;
  }

  async #copy(link: string) {
    // Pages without https have no clipboard, and frames may not use it. A person can copy what is selected.
    const copied = await navigator.clipboard?.writeText(link).then(
      () => true,
      () => false,
    );
    this.#last = {link, copied: copied === true};
    this.#host.requestUpdate();
    if (copied) return;
    await this.#host.updateComplete;
    this.#host.renderRoot.querySelector<HTMLInputElement>('.address')?.select();
  }
}
