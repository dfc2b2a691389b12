import type {Catalog} from '../joining/joining.js';
import {en, type SharingWords} from './en.js';

export type {SharingWords} from './en.js';

/** The words of what a person does with a room beside joining it: putting it into a calendar, and passing on its link. */
export const sharing: Catalog<SharingWords> = {
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
