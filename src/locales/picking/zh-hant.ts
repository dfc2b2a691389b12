import type {PickingWords} from './en.js';

export const zhHant: PickingWords = {
  full: '已滿',
  until: time => `至 ${time}`,
  insideOf: (n, capacity) => `聊天室內 ${n}/${capacity} 人`,
  choose: '選擇聊天室',
};
