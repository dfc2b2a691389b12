import type {TellingWords} from './en.js';
import {counter} from '../plural.js';

const count = counter('fr');

export const fr: TellingWords = {
  opensIn: wait => `Ouverture ${wait}.`,
  opened: 'La salle est maintenant ouverte.',
  joined: 'Vous allez entrer dans la salle.',
  inCall: 'Vous êtes dans la salle.',
  left: 'Vous avez quitté la salle.',
  name: 'Votre nom',
  nameFaults: {missing: 'Saisissez votre nom.', invalid: '200 caractères au plus, sur une seule ligne.'},
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
    signed_out: 'Vous avez peut-être été déconnecté. Connectez-vous, puis réessayez.',
    denied: 'Vous n’êtes pas autorisé à faire cela.',
    consent_missing: 'Votre accord est nécessaire. Cochez ce qui est obligatoire, puis réessayez.',
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
