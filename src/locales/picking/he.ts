import type {PickingWords} from './en.js';

export const he: PickingWords = {
  full: 'מלא',
  until: time => `עד ${time}`,
  insideOf: (n, capacity) => `בחדר ${n} מתוך ${capacity}`,
  choose: 'בחירת חדר',
};
