import type {PickingWords} from './en.js';

export const zh: PickingWords = {
  full: '已满',
  until: time => `至 ${time}`,
  insideOf: (n, capacity) => `房间内 ${n}/${capacity} 人`,
  choose: '选择房间',
  calendar: '添加到日历',
  link: {
    label: '房间链接',
    copy: '复制链接',
    copied: '链接已复制。',
    selected: '链接已选中。请用键盘或长按复制。',
  },
};
