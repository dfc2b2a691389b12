import type {PickingWords} from './en.js';

export const de: PickingWords = {
  full: 'Voll',
  until: time => `bis ${time}`,
  insideOf: (n, capacity) => `${n} von ${capacity} anwesend`,
  choose: 'Raum wählen',
  calendar: 'In den Kalender',
  link: {
    label: 'Link zum Raum',
    copy: 'Link kopieren',
    copied: 'Link kopiert.',
    selected: 'Der Link ist markiert. Kopieren Sie ihn mit der Tastatur oder durch langes Drücken.',
  },
};
