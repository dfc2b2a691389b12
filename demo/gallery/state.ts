// A state of an element in the gallery: what a page sets, and what a visitor then does. The gallery does both.
import type {RoomsErrorCode} from '../../src/rooms/errors.js';

type Name = 'room-picker' | 'join-button' | 'pre-join' | 'room-editor' | 'room-users' | 'room-stage' | 'green-room';

/**
 * How to reach a state: `settings` are set by a page, `act` is what a visitor then does, and `reached` finds something
 * inside the element once it is in that state. A state that is not reached is an error.
 */
export interface Recipe<N extends Name> {
  label: string;
  /** What the visitor sees, and why. */
  note: string;
  settings: () => Partial<HTMLElementTagNameMap[N]>;
  /** Markup around the element; `slot` marks the element's place. */
  around?: string;
  act?: (element: HTMLElementTagNameMap[N]) => Promise<unknown>;
  reached: string;
  failure?: true;
}

export interface State {
  /** Its address, such as `room-picker/loading`. */
  id: string;
  label: string;
  note: string;
  failure: boolean;
  /** Shows the element and resolves once it is in that state. */
  show(place: HTMLElement): Promise<void>;
}

export const states = <N extends Name>(name: N, recipes: Record<string, Recipe<N>>): State[] =>
  Object.entries(recipes).map(([key, {settings, around, act, reached, failure, ...words}]) => ({
    id: `${name}/${key}`,
    ...words,
    failure: failure === true,
    show: async place => {
      const element = document.createElement(name);
      Object.assign(element, settings());
      if (around) place.innerHTML = around;
      (place.querySelector('slot') ?? place.appendChild(document.createElement('slot'))).replaceWith(element);
      await act?.(element);
      await found(element, reached);
    },
  }));

/** One recipe for each code, named after the code. */
export const failing = <N extends Name>(
  codes: string,
  recipe: (code: RoomsErrorCode) => Omit<Recipe<N>, 'label' | 'failure'>,
) =>
  Object.fromEntries(
    codes.split(' ').map(code => {
      const label = code.replaceAll('_', ' ');
      return [code.replaceAll('_', '-'), {label, failure: true, ...recipe(code as RoomsErrorCode)} as Recipe<N>];
    }),
  );

/** The longest wait for an element to reach a state, in ms; the machine may be busy. */
const PATIENCE = 15_000;

/** Waits for the first match of a selector inside an element. Fails if the element is removed. */
export async function found<T extends HTMLElement = HTMLElement>(element: HTMLElement, selector: string): Promise<T> {
  for (const begin = performance.now(); performance.now() - begin < PATIENCE; await rest()) {
    const each = element.shadowRoot?.querySelector<T>(selector);
    if (each) return each;
    if (!element.isConnected) break;
  }
  throw new Error(`<${element.localName}> never showed ${selector}`);
}

export async function press(element: HTMLElement, selector: string) {
  (await found(element, selector)).click();
}

/** Fills in the fields of an element by name. */
export async function fill(element: HTMLElement, values: Record<string, string | boolean>) {
  for (const [name, value] of Object.entries(values)) {
    const field = await found<HTMLInputElement>(
      element,
      `[name="${name}"]:not([type=radio]), [name="${name}"][value="${value}"]`,
    );
    if (field.type === 'checkbox') field.checked = value === true;
    else if (field.type === 'radio') field.checked = true;
    else field.value = String(value);
    for (const type of ['input', 'change']) field.dispatchEvent(new Event(type, {bubbles: true, composed: true}));
  }
}

export async function search(element: HTMLElement, query: string) {
  const field = await found<HTMLInputElement>(element, '[part~=search]:enabled');
  field.value = query;
  field.dispatchEvent(new InputEvent('input', {bubbles: true, composed: true}));
}

/** Opens all disclosures, also those that appear by that. */
export async function openAll(element: HTMLElement) {
  await found(element, 'form:not([inert]) details');
  for (const each of element.shadowRoot!.querySelectorAll('details')) each.open = true;
}

const rest = () => new Promise(resolve => setTimeout(resolve, 20));
