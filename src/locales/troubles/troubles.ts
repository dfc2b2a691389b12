import type {Catalog} from '../joining/joining.js';
import {en, type TroubleWords} from './en.js';

export type {TroubleWords} from './en.js';

/** Why a device is not used, for `<pre-join>` and for calls. */
export const troubles: Catalog<TroubleWords> = {
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
