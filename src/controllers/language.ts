import {en, type Words} from '../locales/en.js';

/** The words for an element, read at each render so that they follow the page. */
export const wordsFor = (_element: Element): Words => en;

/** A moment as the visitor would say it, in the language around the element: the time alone when it is today. */
export function sayTime(element: Element, time: Date, now: number): string {
  const today = time.toDateString() === new Date(now).toDateString();
  const style: Intl.DateTimeFormatOptions = today ? {timeStyle: 'short'} : {dateStyle: 'medium', timeStyle: 'short'};
  return new Intl.DateTimeFormat(languageOf(element), style).format(time);
}

/** The nearest `lang`, as far as it is a language tag; undefined lets the browser's own decide. */
function languageOf(element: Element): string | undefined {
  const lang = element.closest<HTMLElement>('[lang]')?.lang || document.documentElement.lang;
  try {
    return Intl.getCanonicalLocales(lang)[0];
  } catch {
    return undefined; // `lang="en_US"` and the like: not a tag, and no reason to fail.
  }
}
