import type {SharingWords} from './en.js';

export const ja: SharingWords = {
  calendar: 'カレンダーに追加',
  label: 'ルームへのリンク',
  copy: 'リンクをコピー',
  copied: 'リンクをコピーしました。',
  selected: 'リンクを選択しました。キーボードまたは長押しでコピーしてください。',
};
