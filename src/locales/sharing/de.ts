import type {SharingWords} from './en.js';

export const de: SharingWords = {
  calendar: 'In den Kalender',
  label: 'Link zum Raum',
  copy: 'Link kopieren',
  copied: 'Link kopiert.',
  selected: 'Der Link ist markiert. Kopieren Sie ihn mit der Tastatur oder durch langes Drücken.',
};
