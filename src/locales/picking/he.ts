import type {PickingWords} from './en.js';

export const he: PickingWords = {
  full: 'מלא',
  until: time => `עד ${time}`,
  insideOf: (n, capacity) => `בחדר ${n} מתוך ${capacity}`,
  choose: 'בחירת חדר',
  calendar: 'הוספה ליומן',
  link: {
    label: 'קישור לחדר',
    copy: 'העתקת הקישור',
    copied: 'הקישור הועתק.',
    selected: 'הקישור מסומן. אפשר להעתיק אותו במקלדת או בלחיצה ארוכה.',
  },
};
