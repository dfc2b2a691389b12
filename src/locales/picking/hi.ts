import type {PickingWords} from './en.js';

export const hi: PickingWords = {
  full: 'भरा हुआ',
  until: time => `${time} तक`,
  insideOf: (n, capacity) => `${capacity} में से ${n} अंदर`,
  choose: 'कमरा चुनें',
  calendar: 'कैलेंडर में जोड़ें',
  link: {
    label: 'कमरे का लिंक',
    copy: 'लिंक कॉपी करें',
    copied: 'लिंक कॉपी हो गया।',
    selected: 'लिंक चुना हुआ है। कीबोर्ड से या देर तक दबाकर कॉपी करें।',
  },
};
