import type {PickingWords} from './en.js';

export const ar: PickingWords = {
  full: 'ممتلئة',
  until: time => `حتى ${time}`,
  insideOf: (n, capacity) => `في الغرفة ${n} من ${capacity}`,
  choose: 'اختر غرفة',
  calendar: 'إضافة إلى التقويم',
  link: {
    label: 'رابط الغرفة',
    copy: 'نسخ الرابط',
    copied: 'تم نسخ الرابط.',
    selected: 'تم تحديد الرابط. انسخه بلوحة المفاتيح أو بالضغط المطوّل.',
  },
};
