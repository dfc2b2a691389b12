import type {PickingWords} from './en.js';

export const zh: PickingWords = {
  full: '已满',
  until: time => `至 ${time}`,
  insideOf: (n, capacity) => `房间内 ${n}/${capacity} 人`,
  choose: '选择房间',
};
