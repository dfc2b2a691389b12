import type {SharingWords} from './en.js';

export const hi: SharingWords = {
  calendar: 'कैलेंडर में जोड़ें',
  label: 'कमरे का लिंक',
  copy: 'लिंक कॉपी करें',
  copied: 'लिंक कॉपी हो गया।',
  selected: 'लिंक चुना हुआ है। कीबोर्ड से या देर तक दबाकर कॉपी करें।',
};
