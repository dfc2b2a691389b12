import type {PickingWords} from './en.js';

export const ja: PickingWords = {
  full: '満室',
  until: time => `${time} まで`,
  insideOf: (n, capacity) => `${n}／${capacity} 人が入室中`,
  choose: 'ルームを選択',
  calendar: 'カレンダーに追加',
  link: {
    label: 'ルームへのリンク',
    copy: 'リンクをコピー',
    copied: 'リンクをコピーしました。',
    selected: 'リンクを選択しました。キーボードまたは長押しでコピーしてください。',
  },
};
