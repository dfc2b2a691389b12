import type {EnteringWords} from './en.js';

export const de: EnteringWords = {
  choose: 'Raum wählen',
  getReady: 'Vorbereiten',
  steps: {
    pick: 'Schritt 1: Raum wählen',
    prepare: 'Schritt 2: vorbereiten',
    call: 'Sie sind im Gespräch.',
    left: 'Nach dem Gespräch',
  },
  call: room => (room ? `Gespräch in ${room}` : 'Gespräch'),
  needsScript:
    'Schalten Sie JavaScript ein, um hier teilzunehmen, oder öffnen Sie diese Seite in einem anderen Browser.',
};
