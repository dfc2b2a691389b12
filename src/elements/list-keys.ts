import type {Row} from './room-row.js';

/** Letters typed within this time of each other belong to one word, in ms. */
const TYPING = 700;

/**
 * Makes a function that reads the keys of a listbox: arrows, pages, ends, and the first letters of a name.
 *
 * @param first - Returns the first of some rows whose name begins with what was typed.
 */
export function listKeys(first: (typed: string, rows: Row[]) => Row | undefined) {
  let typed = '';
  let typedAt = 0;

  /**
   * Returns the row that a key leads to, `choose` if it chooses the present row, and undefined if it means nothing here.
   *
   * @param at - The index of the present row.
   * @param page - How many rows are in view.
   */
  return (event: KeyboardEvent, shown: Row[], at: number, page: number): Row | 'choose' | undefined => {
    const {key, timeStamp} = event;
    // Safari says by the number alone that a key belongs to an input method.
    if (event.isComposing || event.keyCode === 229) return undefined;
    if (event.altKey || event.ctrlKey || event.metaKey) return undefined;
    const isTyping = timeStamp - typedAt < TYPING;
    if (key === 'Enter' || (key === ' ' && !isTyping)) return 'choose';
    if (key.length === 1) {
      typed = isTyping ? typed + key : key;
      typedAt = timeStamp;
      const from = typed.length > 1 ? at : at + 1;
      return first(typed, [...shown.slice(from), ...shown]) ?? shown[at];
    }
    const steps = {ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -Infinity, End: Infinity};
    const step = steps[key as keyof typeof steps];
    if (step) typedAt = -Infinity;
    return shown[Math.min(Math.max(at + step, 0), shown.length - 1)];
  };
}
