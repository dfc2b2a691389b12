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
  opensIn: wait => `Ouverture ${wait}.`,
  opensByItself: 'Vous pourrez entrer dès l’ouverture de la salle.',
  opened: 'La salle est maintenant ouverte.',
  retry: 'Réessayer',
  join: 'Rejoindre',
  joining: 'Connexion…',
  joined: 'Vous allez entrer dans la salle.',
  chooseFirst: 'Choisissez d’abord une salle.',
  waitSeconds: n =>
    count(n, {
      one: 'Trop de tentatives. Patientez # seconde.',
      other: 'Trop de tentatives. Patientez # secondes.',
    }),
  backOnline: 'Vous êtes de nouveau en ligne. Appuyez encore une fois sur le bouton.',
  failures: {
    invalid: 'Une des données envoyées n’est pas valable. Vérifiez votre nom.',
    role_invalid: 'Cette page n’est pas configurée correctement. Prévenez le responsable du site.',
    unauthorized: 'Connectez-vous d’abord, puis réessayez.',
    denied: 'Vous n’êtes pas autorisé à faire cela.',
    not_found: 'Cette salle n’existe pas. Choisissez-en une autre.',
    room_active: 'Quelqu’un se trouve dans cette salle. Réessayez dans un instant.',
    not_editable: 'Cela ne peut pas être modifié.',
    too_late: 'Cela ne peut plus être modifié.',
    room_full: 'Cette salle est pleine. Réessayez dans un instant.',
    not_open_yet: 'Cette salle n’est pas encore ouverte.',
    over: 'Cette salle est fermée, la réunion est terminée.',
    rate_limited: 'Trop de tentatives. Réessayez dans un instant.',
    aborted: 'L’opération a pris trop de temps. Réessayez.',
    internal: 'Une erreur s’est produite. Réessayez.',
    misconfigured: 'Cette page n’est pas configurée correctement. Prévenez le responsable du site.',
    bad_reply: 'Une erreur s’est produite. Réessayez.',
    platform_down: 'Les salles ne répondent pas. Réessayez dans un instant.',
    offline: 'Les salles sont injoignables. Vérifiez votre connexion.',
    timeout: 'L’opération a pris trop de temps. Réessayez.',
  },
};
