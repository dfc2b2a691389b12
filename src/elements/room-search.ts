import {html, type TemplateResult} from 'lit';
import type {Words} from '../locales/joining/joining.js';
import {fold} from './fold.js';
import type {Row} from './room-row.js';

/** Android's keyboards compose every word, Latin ones too, so waiting for its end would find nothing while a person types. */
const COMPOSES_ALL = /Android/.test(globalThis.navigator?.userAgent);

/**
 * Finds rooms by what a person types: in the field above the list, or in the list itself. It is loaded beside the list.
 * What is typed in the field is no input of a form around it.
 */
export class RoomSearch {
  /** What to search for. */
  query = '';
  #changed: () => void;
  #leave: () => void;

  /**
   * @param changed - Called when `query` changed.
   * @param leave - Called when a person goes on to the list.
   */
  constructor(changed: () => void, leave: () => void) {
    this.#changed = changed;
    this.#leave = leave;
  }

  /** `label` names the list. */
  render({search}: Words, label: string, disabled: boolean): TemplateResult {
    return html`<input
      part="search"
      type="search"
      autocomplete="off"
      autocapitalize="none"
      autocorrect="off"
      spellcheck="false"
      enterkeyhint="search"
      placeholder=${search}
      aria-label=${label ? `${label} – ${search}` : search}
      aria-describedby="description"
      .value=${this.query}
      ?disabled=${disabled}
      @beforeinput=${(event: Event) => event.stopPropagation()}
      @input=${this.#onInput}
      @compositionend=${this.#onInput}
      @keydown=${this.#onKey}
    />`;
  }

  #onInput = (event: Event) => {
    event.stopPropagation();
    // In the middle of a word, an input method shows letters that nobody wants to find.
    if ((event as InputEvent).isComposing && !COMPOSES_ALL) return;
    this.#search((event.target as HTMLInputElement).value);
  };

  #onKey = (event: KeyboardEvent) => {
    // The key belongs to an input method; Safari says so by the number alone.
    if (event.isComposing || event.keyCode === 229) return;
    if (event.key === 'ArrowDown') this.#leave();
    else if (event.key === 'Escape' && this.query) this.#search('');
    else return;
    event.preventDefault();
  };

  /** Whether a row has all words of a query, in any order. */
  finds(query: string): (row: Row) => boolean {
    const sought = fold(query).split(' ');
    return row => sought.every(word => textOf(row).includes(word));
  }

  /** The first of some rows whose name begins with what was typed. */
  first(typed: string, rows: Row[]): Row | undefined {
    const begin = fold(typed);
    return rows.find(row => textOf(row).startsWith(begin));
  }

  /** Prepares the text of a row while there is time. */
  prepare(row: Row) {
    textOf(row);
  }

  #search(query: string) {
    if (query === this.query) return;
    this.query = query;
    this.#changed();
  }
}

/** The text of a row that is searched. */
const textOf = (row: Row) => (row.text ??= fold(`${row.room.name} ${row.room.settings.description ?? ''}`));
