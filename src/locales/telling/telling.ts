import type {Catalog} from '../joining/joining.js';
import {en, type TellingWords} from './en.js';

export type {TellingWords} from './en.js';

/** What elements tell when something happens: waits, the way into a call, and every failure. */
export const telling: Catalog<TellingWords> = {
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
