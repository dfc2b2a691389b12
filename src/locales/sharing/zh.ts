import type {SharingWords} from './en.js';

export const zh: SharingWords = {
  calendar: '添加到日历',
  label: '房间链接',
  copy: '复制链接',
  copied: '链接已复制。',
  selected: '链接已选中。请用键盘或长按复制。',
};
