import type {EnteringWords} from './en.js';

export const fr: EnteringWords = {
  choose: 'Choisissez une salle',
  getReady: 'Se préparer',
  steps: {
    pick: 'Étape 1 : choisissez une salle',
    prepare: 'Étape 2 : préparez-vous',
    call: 'Vous êtes dans l’appel.',
    left: 'Après l’appel',
  },
  call: room => (room ? `Appel dans ${room}` : 'Appel'),
  needsScript: 'Activez JavaScript pour entrer ici, ou ouvrez cette page dans un autre navigateur.',
};
