import type {Words} from './en.js';
import {counter} from '../plural.js';

const count = counter('fr');

export const fr: Words = {
  rooms: 'Salles',
  search: 'Rechercher une salle',
  loading: 'Chargement des salles…',
  empty: 'Il n’y a pas encore de salle.',
  noMatch: query => `Aucune salle ne correspond à « ${query} ».`,
  found: n => count(n, {one: '# salle', other: '# salles'}),
  groups: {live: 'En cours', open: 'Ouvertes', soon: 'Bientôt ouvertes', over: 'Terminées', new: 'Nouvelles'},
  inside: n => (n === undefined ? 'En cours' : count(n, {one: '# personne présente', other: '# personnes présentes'})),
  lecture: 'Conférence',
  over: 'Terminée',
  gone: 'Supprimée',
  opens: time => `Ouverture : ${time}`,
  opensByItself: 'Vous pourrez entrer dès l’ouverture de la salle.',
  retry: 'Réessayer',
  join: 'Rejoindre',
  joining: 'Connexion…',
  ask: 'Demander à entrer',
  joinAgain: 'Rejoindre à nouveau',
  leave: 'Quitter',
  chooseFirst: 'Choisissez d’abord une salle.',
  failed: 'Une erreur s’est produite. Réessayez.',
};
