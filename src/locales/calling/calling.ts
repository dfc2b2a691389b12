import type {Catalog} from '../joining/joining.js';
import {en, type CallingWords} from './en.js';

export type {CallingWords} from './en.js';

/** The words of `<room-stage>`. */
export const calling: Catalog<CallingWords> = {
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
