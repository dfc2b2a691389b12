import type {PickingWords} from './en.js';

export const ar: PickingWords = {
  full: 'ممتلئة',
  until: time => `حتى ${time}`,
  insideOf: (n, capacity) => `في الغرفة ${n} من ${capacity}`,
  choose: 'اختر غرفة',
};
