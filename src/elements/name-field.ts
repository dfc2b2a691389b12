import {css, html, type LitElement, type TemplateResult} from 'lit';
import {keepKeys} from '../controllers/keys.js';
import {Language} from '../controllers/language.js';
import {telling} from '../locales/telling/telling.js';
import {nameFault, tidyName} from '../rooms/person-name.js';
import {addStyles} from '../styles/root.js';

/** The looks of the field: it takes no more place than the lines that are reserved for sentences. */
const styles = css`
  .asking {
    display: grid;
    grid-template: 1fr auto / 0 auto 1fr auto;
    align-items: center;
    color: var(--_text);
  }
  /* It holds the reserved lines open. */
  .asking::before {
    grid-row: 1 / span 2;
  }
  label {
    grid-column: 2;
    margin-inline-end: 0.75em;
    font-weight: 600;
  }
  input {
    min-inline-size: 8em;
    inline-size: 100%;
    min-block-size: max(24px, 2.4em);
    padding-block: 0;
    font-size: 1.143em;
  }
  [aria-invalid='true'] {
    border-color: var(--_danger);
  }
  [aria-invalid='true']:not(:focus-visible) {
    outline: 1px solid var(--_danger);
  }
  .asking [role='status'] {
    margin-inline-start: 0.75em;
    color: var(--_danger);
    overflow-wrap: anywhere;
  }
  .asking [role='status']:empty {
    margin: 0;
  }
  @container (inline-size < 36em) {
    .asking [role='status'] {
      grid-area: 1 / 3 / auto / span 2;
      margin: 0;
    }
    input {
      grid-area: 2 / 2 / auto / span 3;
      min-inline-size: 0;
    }
  }
`;

/** The field in which a visitor of a `<join-button>` gives a name that nobody knows. */
export class NameField {
  #text = '';
  #host: LitElement;
  #words: Language<typeof telling.en>;
  #leave: (enter: boolean) => void;

  /** @param leave - Called when a person leaves the field by Enter, which joins, or by Escape. */
  constructor(host: LitElement, leave: (enter: boolean) => void) {
    this.#host = host;
    this.#leave = leave;
    this.#words = new Language(host, telling);
    keepKeys(host);
    addStyles(host, styles);
  }

  /** What is typed, as a name. */
  get name() {
    return tidyName(this.#text);
  }

  /** What is wrong with it. */
  get fault() {
    return nameFault(this.name);
  }

  focus() {
    this.#host.renderRoot.querySelector('input')?.focus();
  }

  render(isInvalid: boolean): TemplateResult {
    return html`<label part="label" for="name" .textContent=${this.#words.words.name}></label
      ><input
        part="input"
        id="name"
        autocomplete="name"
        autocapitalize="words"
        enterkeyhint="go"
        spellcheck="false"
        dir="auto"
        required
        aria-invalid=${isInvalid}
        aria-describedby="status"
        .value=${this.#text}
        @input=${this.#onInput}
        @keydown=${this.#onKey}
      />`;
  }

  #onInput = (event: Event) => {
    this.#text = (event.target as HTMLInputElement).value;
  };

  #onKey = (event: KeyboardEvent) => {
    const {key, isComposing, keyCode, repeat} = event;
    // The key belongs to an input method; Safari says so by the number alone.
    if (isComposing || keyCode === 229 || !/^(Enter|Escape)$/.test(key)) return;
    event.preventDefault();
    if (!repeat) this.#leave(key === 'Enter');
  };
}
