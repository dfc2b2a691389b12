import type {PickingWords} from './en.js';

export const ja: PickingWords = {
  full: '満室',
  until: time => `${time} まで`,
  insideOf: (n, capacity) => `${n}／${capacity} 人が入室中`,
  choose: 'ルームを選択',
};
