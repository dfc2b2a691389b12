import {en, type Words} from './en.js';

export type {Words} from './en.js';

/** One set of words. English is part of the script; every other language is loaded when an element needs it. */
export interface Catalog<T> {
  en: T;
  /**
   * Loaders by language code, without region; `zhHant` has the script, too. A module exports its words under that code.
   */
  others: Record<string, () => Promise<Record<string, T>>>;
}

/** The words that `<room-picker>` and `<join-button>` need at once. */
export const words: Catalog<Words> = {
  en,
  others: {
    ar: () => import('./ar.js'),
    de: () => import('./de.js'),
    es: () => import('./es.js'),
    fr: () => import('./fr.js'),
    he: () => import('./he.js'),
    hi: () => import('./hi.js'),
    ja: () => import('./ja.js'),
    pt: () => import('./pt.js'),
    zh: () => import('./zh.js'),
    zhHant: () => import('./zh-hant.js'),
  },
};
