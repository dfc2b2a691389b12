import {html, nothing, type LitElement, type TemplateResult} from 'lit';
import type {Capture} from '../controllers/capture.js';
import type {Language} from '../controllers/language.js';
import type {Kind, Trouble} from '../controllers/permission.js';
import type {PreparingWords} from '../locales/preparing/preparing.js';
import type {TroubleWords} from '../locales/troubles/troubles.js';

/** Troubles after which a new try can help, and those where another browser can. */
const RETRIED = /^(denied|dismissed|refused|refusedInFrame|inUse|failed|unplugged|silent|slow)$/;
const ELSEWHERE = /^(unsupported|slow|refusedInFrame)$/;

/** Why devices of a `<pre-join>` are not used, and what helps. Loaded when something goes wrong. */
export class PreJoinTrouble {
  #host: LitElement;
  #language: Language<TroubleWords>;
  #copied = false;

  constructor(host: LitElement, language: Language<TroubleWords>) {
    this.#host = host;
    this.#language = language;
  }

  /**
   * What is said and offered below the preview; undefined if nothing is wrong.
   *
   * @param retry - Called with the kinds to try again.
   */
  render(
    {troubles, waiting, stream}: Capture,
    kinds: readonly Kind[],
    labels: PreparingWords,
    retry: (kinds: readonly Kind[]) => void,
  ): {said: TemplateResult; actions: TemplateResult} | undefined {
    const {words} = this.#language;
    const troubled = kinds.filter(kind => troubles[kind]);
    this.#copied &&= troubled.length > 0 && !waiting.length;
    if (!troubled.length) return undefined;
    const [first, second] = troubled.map(kind => troubles[kind]!);
    const said: [label: string, trouble: Trouble][] =
      first === second ? [[labels.both, first!]] : troubled.map(kind => [labels[kind], troubles[kind]!]);
    const has = (which: RegExp) => said.some(([, trouble]) => which.test(trouble));
    const isBusy = waiting.length > 0;
    const rest = isBusy ? labels.asking : this.#copied ? words.copied : stream ? '' : labels.without;
    return {
      said: html`${said.map(
          ([label, trouble]) => html`<p><b .textContent=${label}></b> <span .textContent=${words[trouble]}></span></p>`,
        )}
        <p .textContent=${rest}></p>`,
      actions: html`${
        has(RETRIED)
          ? html`<button
              part="action"
              class="quiet"
              aria-disabled=${isBusy}
              @click=${() => isBusy || retry(troubled)}
              .textContent=${words.retry}
            ></button>`
          : nothing
      }
      ${
        has(ELSEWHERE) && 'clipboard' in navigator
          ? html`<button part="action" class="quiet" @click=${this.#onCopy} .textContent=${words.copyLink}></button>`
          : nothing
      }`,
    };
  }

  #onCopy = async () => {
    const {location, navigator} = this.#host.ownerDocument.defaultView!;
    await navigator.clipboard.writeText(location.href);
    this.#copied = true;
    this.#host.requestUpdate();
  };
}
