import type {PickingWords} from './en.js';

export const pt: PickingWords = {
  full: 'Lotada',
  until: time => `até ${time}`,
  insideOf: (n, capacity) => `${n} de ${capacity} na sala`,
  choose: 'Escolher uma sala',
};
