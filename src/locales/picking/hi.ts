import type {PickingWords} from './en.js';

export const hi: PickingWords = {
  full: 'भरा हुआ',
  until: time => `${time} तक`,
  insideOf: (n, capacity) => `${capacity} में से ${n} अंदर`,
  choose: 'कमरा चुनें',
};
