import type {SharingWords} from './en.js';

export const he: SharingWords = {
  calendar: 'הוספה ליומן',
  label: 'קישור לחדר',
  copy: 'העתקת הקישור',
  copied: 'הקישור הועתק.',
  selected: 'הקישור מסומן. אפשר להעתיק אותו במקלדת או בלחיצה ארוכה.',
};
