import type {PickingWords} from './en.js';

export const es: PickingWords = {
  full: 'Completa',
  until: time => `hasta ${time}`,
  insideOf: (n, capacity) => `${n} de ${capacity} dentro`,
  choose: 'Elegir una sala',
};
