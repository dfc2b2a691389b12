import type {PickingWords} from './en.js';

export const zhHant: PickingWords = {
  full: '已滿',
  until: time => `至 ${time}`,
  insideOf: (n, capacity) => `聊天室內 ${n}/${capacity} 人`,
  choose: '選擇聊天室',
  calendar: '加入行事曆',
  link: {
    label: '會議室連結',
    copy: '複製連結',
    copied: '已複製連結。',
    selected: '連結已選取。請用鍵盤或長按複製。',
  },
};
