import type {SharingWords} from './en.js';

export const zhHant: SharingWords = {
  calendar: '加入行事曆',
  label: '會議室連結',
  copy: '複製連結',
  copied: '已複製連結。',
  selected: '連結已選取。請用鍵盤或長按複製。',
};
