// A state of an element in the gallery: what a page sets, and what a visitor does then, done by the page.
import type {RoomsErrorCode} from '../../src/rooms/errors.js';

type Name = 'room-picker' | 'join-button' | 'room-editor' | 'room-users';

/**
 * How a state comes about: `settings` is what a page sets, `act` what a visitor does then, and `reached` what is inside the
 * element once it is in that state; a state that does not come about is an error.
 */
export interface Recipe<N extends Name> {
  label: string;
  /** What one sees, and what brings it about. */
  note: string;
  settings: () => Partial<HTMLElementTagNameMap[N]>;
  /** Stands around the element, in its place; `slot` marks where it goes. */
  around?: string;
  act?: (element: HTMLElementTagNameMap[N]) => Promise<unknown>;
  reached: string;
  failure?: true;
}

export interface State {
  /** Its address: `room-picker/loading`. */
  id: string;
  label: string;
  note: string;
  failure: boolean;
  /** Puts the element into its place and comes back once it is in that state. */
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

/** One recipe for each code, called as the code is. */
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

/** Longest wait for what an element is about to show, in ms; the machine may be busy. */
const PATIENCE = 15_000;

/** The first thing inside an element that a selector finds, once it is there. Fails when the element is taken away. */
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

/** Types, ticks and chooses in the fields of an element, by their names. */
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

/** Opens everything that can be opened, and everything that comes to be there by that. */
export async function openAll(element: HTMLElement) {
  await found(element, 'form:not([inert]) details');
  for (const each of element.shadowRoot!.querySelectorAll('details')) each.open = true;
}

const rest = () => new Promise(resolve => setTimeout(resolve, 20));
