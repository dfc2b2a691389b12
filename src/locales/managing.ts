import type {Catalog} from './words.js';
import {en, type ManagingWords} from './en-managing.js';

export type {Field, ManagingWords} from './en-managing.js';

/** What is said where rooms are managed and where one sees who is in; English here, too, comes with the element. */
export const managing: Catalog<ManagingWords> = {
  en,
  others: {
    ar: () => import('./ar-managing.js'),
    de: () => import('./de-managing.js'),
    es: () => import('./es-managing.js'),
    fr: () => import('./fr-managing.js'),
    he: () => import('./he-managing.js'),
    hi: () => import('./hi-managing.js'),
    ja: () => import('./ja-managing.js'),
    pt: () => import('./pt-managing.js'),
    zh: () => import('./zh-managing.js'),
  },
};
