import type {EnteringWords} from './en.js';

export const ar: EnteringWords = {
  choose: 'اختر غرفة',
  getReady: 'استعد',
  steps: {pick: 'الخطوة 1: اختر غرفة', prepare: 'الخطوة 2: استعد', call: 'أنت في المكالمة.', left: 'بعد المكالمة'},
  call: room => (room ? `مكالمة في ${room}` : 'مكالمة'),
  needsScript: 'شغّل JavaScript للانضمام من هنا، أو افتح هذه الصفحة في متصفح آخر.',
};
