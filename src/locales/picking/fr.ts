import type {PickingWords} from './en.js';

export const fr: PickingWords = {
  full: 'Complète',
  until: time => `jusqu’à ${time}`,
  insideOf: (n, capacity) => `${n} présents sur ${capacity}`,
  choose: 'Choisir une salle',
  calendar: 'Ajouter au calendrier',
  link: {
    label: 'Lien vers la salle',
    copy: 'Copier le lien',
    copied: 'Lien copié.',
    selected: 'Le lien est sélectionné. Copiez-le avec le clavier ou par un appui long.',
  },
};
