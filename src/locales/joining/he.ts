import type {Words} from './en.js';
import {counter} from '../plural.js';

const count = counter('he');

export const he: Words = {
  rooms: 'חדרים',
  search: 'חיפוש חדרים',
  loading: 'החדרים נטענים…',
  empty: 'עדיין אין חדרים.',
  noMatch: query => `אין חדר שמתאים ל״\u2068${query}\u2069״.`,
  found: n => count(n, {one: 'חדר אחד', two: 'שני חדרים', other: '# חדרים'}),
  groups: {live: 'פעילים כעת', open: 'פתוחים', soon: 'ייפתחו בקרוב', over: 'הסתיימו', new: 'חדשים'},
  inside: n =>
    n === undefined ? 'פעיל כעת' : count(n, {one: 'משתתף אחד בחדר', two: 'שני משתתפים בחדר', other: '# משתתפים בחדר'}),
  lecture: 'הרצאה',
  over: 'הסתיים',
  gone: 'הוסר',
  opens: time => `ייפתח: ${time}`,
  opensByItself: 'אפשר יהיה להצטרף ברגע שהחדר ייפתח.',
  retry: 'ניסיון נוסף',
  join: 'הצטרפות',
  joining: 'מצטרפים…',
  ask: 'בקשה להצטרף',
  joinAgain: 'הצטרפות מחדש',
  leave: 'יציאה',
  chooseFirst: 'יש לבחור תחילה חדר.',
  failed: 'משהו השתבש. כדאי לנסות שוב.',
};
