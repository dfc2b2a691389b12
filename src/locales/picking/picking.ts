import type {Catalog} from '../joining/joining.js';
import {en, type PickingWords} from './en.js';

export type {PickingWords} from './en.js';

/** The words of rows, menus and cards of `<room-picker>`. */
export const picking: Catalog<PickingWords> = {
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
