import {en, type Words} from './en.js';

export type {Words} from './en.js';

/** A set of words: English is there from the start, the others come when an element needs them. */
export interface Catalog<T> {
  en: T;
  /** By language, without region; a module exports its words under the same name. */
  others: Record<string, () => Promise<Record<string, T>>>;
}

/** What is said while a room is chosen and joined. */
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
  },
};
