import type {PickingWords} from './en.js';

export const fr: PickingWords = {
  full: 'Complète',
  until: time => `jusqu’à ${time}`,
  insideOf: (n, capacity) => `${n} présents sur ${capacity}`,
  choose: 'Choisir une salle',
};
