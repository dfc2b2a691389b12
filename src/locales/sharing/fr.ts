import type {SharingWords} from './en.js';

export const fr: SharingWords = {
  calendar: 'Ajouter au calendrier',
  label: 'Lien vers la salle',
  copy: 'Copier le lien',
  copied: 'Lien copié.',
  selected: 'Le lien est sélectionné. Copiez-le avec le clavier ou par un appui long.',
};
