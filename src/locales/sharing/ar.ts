import type {SharingWords} from './en.js';

export const ar: SharingWords = {
  calendar: 'إضافة إلى التقويم',
  label: 'رابط الغرفة',
  copy: 'نسخ الرابط',
  copied: 'تم نسخ الرابط.',
  selected: 'تم تحديد الرابط. انسخه بلوحة المفاتيح أو بالضغط المطوّل.',
};
