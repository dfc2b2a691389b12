import type {LitElement, ReactiveController} from 'lit';

/** The attributes of an element by which a page names and describes it. */
const NAMING = ['aria-label', 'aria-labelledby', 'aria-description', 'aria-describedby'];

interface Host extends LitElement {
  value: string;
  name: string;
  required: boolean;
  disabled: boolean;
}

/**
 * What a form and its labels know of an element, and how the page names it. A form may read it right after the page set a
 * property, so it is told in the same task, before the element renders.
 */
export class FormControl implements ReactiveController {
  /** Simulated pages, such as jsdom, have only some of it. */
  readonly internals: ElementInternals;
  #host: Host;
  #custom = '';
  #isValid = true;
  #whyMissing: () => string;
  #update = () => this.#host.requestUpdate();
  /** Sees what the page names the element by. */
  #observer = new MutationObserver(this.#update);

  /**
   * @param whyMissing - Returns the sentence for a required element without a value.
   */
  constructor(host: Host, whyMissing: () => string) {
    this.#host = host;
    this.internals = host.attachInternals?.() ?? ({} as ElementInternals);
    this.#whyMissing = whyMissing;
    host.addController(this);
  }

  hostConnected() {
    // Labels may have changed, and nothing tells of that.
    this.#host.addEventListener('focusin', this.#update);
    this.#observer.observe(this.#host, {attributeFilter: NAMING});
  }

  hostDisconnected() {
    this.#observer.disconnect();
  }

  hostUpdated() {
    this.#tell();
  }

  /** An empty `message` makes the element valid again, unless a required value is missing. */
  setCustomValidity(message: string) {
    this.#custom = `${message ?? ''}`;
    this.#tell();
  }

  /** Tells the form that a property changed. A form reads names and states from attributes. */
  changed(property: PropertyKey | undefined) {
    const host = this.#host;
    if (property === 'name' || property === 'required' || property === 'disabled') {
      const value = host[property];
      const text = value === true ? '' : value || null;
      // Only if it is another one: jsdom would tell of it again, without end.
      if (text !== host.getAttribute(property)) {
        if (text === null) host.removeAttribute(property);
        else host.setAttribute(property, text);
      }
    }
    this.#tell();
  }

  /** Tells the form the value, and whether it is valid. */
  #tell() {
    const {value, required} = this.#host;
    const flags = {valueMissing: required && !value, customError: this.#custom !== ''};
    const message = this.#custom || (flags.valueMissing ? this.#whyMissing() : '');
    this.#isValid = !message;
    this.internals.setFormValue?.(value || null);
    this.internals.setValidity?.(flags, message, this.#host);
  }

  /** Whether the value is valid. With `reportValidity` the browser says what is wrong. */
  check(how: 'checkValidity' | 'reportValidity'): boolean {
    return this.internals[how]?.() ?? this.#isValid;
  }

  /** What names the element: `aria-labelledby`, else `aria-label`, else its labels. */
  get label(): string {
    const host = this.#host;
    // A label around the element contains the text of its slots, too.
    const texts = [...(this.internals.labels ?? [])].map(label => label.textContent!.replace(host.textContent, ''));
    return this.#said('aria-labelledby', 'aria-label') || texts.join(' ').trim();
  }

  /** What describes the element: `aria-describedby`, else `aria-description`. */
  get description(): string {
    return this.#said('aria-describedby', 'aria-description');
  }

  /** The texts of the elements whose ids are in one attribute, else the text of the other. */
  #said(ids: string, text: string): string {
    const textOf = (attribute: string) => this.#host.getAttribute(attribute) ?? '';
    const root = this.#host.getRootNode() as Partial<Document>;
    const texts = textOf(ids)
      .split(/\s+/)
      .map(id => root.getElementById?.(id)?.textContent);
    return texts.join(' ').trim() || textOf(text);
  }
}
