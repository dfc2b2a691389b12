import type {PickingWords} from './en.js';

export const de: PickingWords = {
  full: 'Voll',
  until: time => `bis ${time}`,
  insideOf: (n, capacity) => `${n} von ${capacity} anwesend`,
  choose: 'Raum wählen',
};
