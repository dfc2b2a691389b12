import type {Catalog} from '../joining/joining.js';
import {en, type ManagingWords} from './en.js';

export type {Field, ManagingWords} from './en.js';

/** What is said where rooms are managed and where one sees who is in; English here, too, comes with the element. */
export const managing: Catalog<ManagingWords> = {
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
