import type {Words} from './en.js';
import {counter} from '../plural.js';

const count = counter('ar');

export const ar: Words = {
  rooms: 'الغرف',
  search: 'البحث في الغرف',
  loading: 'جارٍ تحميل الغرف…',
  empty: 'لا توجد غرف بعد.',
  noMatch: query => `لا توجد غرفة تطابق «\u2068${query}\u2069».`,
  found: n =>
    count(n, {
      zero: 'لا توجد غرف',
      one: 'غرفة واحدة',
      two: 'غرفتان',
      few: '# غرف',
      many: '# غرفة',
      other: '# غرفة',
    }),
  groups: {live: 'جارية الآن', open: 'مفتوحة', soon: 'تُفتح قريبًا', over: 'انتهت', new: 'جديدة'},
  inside: n =>
    n === undefined
      ? 'جارية الآن'
      : count(n, {
          zero: 'لا أحد في الغرفة',
          one: 'شخص واحد في الغرفة',
          two: 'شخصان في الغرفة',
          few: '# أشخاص في الغرفة',
          many: '# شخصًا في الغرفة',
          other: '# شخص في الغرفة',
        }),
  lecture: 'محاضرة',
  over: 'انتهت',
  gone: 'حُذفت',
  opens: time => `تُفتح: ${time}`,
  opensByItself: 'يمكنك الانضمام فور فتح الغرفة.',
  retry: 'إعادة المحاولة',
  join: 'انضمام',
  joining: 'جارٍ الانضمام…',
  ask: 'طلب الانضمام',
  joinAgain: 'الانضمام مجددًا',
  leave: 'مغادرة',
  chooseFirst: 'يُرجى اختيار غرفة أولًا.',
  failed: 'حدث خطأ ما. يُرجى إعادة المحاولة.',
};
