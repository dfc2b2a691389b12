import type {EnteringWords} from './en.js';

export const he: EnteringWords = {
  choose: 'בחירת חדר',
  getReady: 'התכוננות',
  steps: {pick: 'שלב 1: בחירת חדר', prepare: 'שלב 2: התכוננות', call: 'אתם בשיחה.', left: 'אחרי השיחה'},
  call: room => (room ? `שיחה ב־${room}` : 'שיחה'),
  needsScript: 'הפעילו JavaScript כדי להצטרף כאן, או פתחו את הדף בדפדפן אחר.',
};
