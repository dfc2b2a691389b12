import type {TroubleWords} from './en.js';

export const fr: TroubleWords = {
  denied: 'Votre navigateur bloque l’accès. Autorisez-le par le cadenas de la barre d’adresse, puis réessayez.',
  dismissed: 'La question de votre navigateur a été fermée. Réessayez et autorisez l’accès.',
  refused: 'L’accès n’a pas été autorisé. Autorisez-le dans les réglages du navigateur et du système, puis réessayez.',
  refusedInFrame:
    'L’accès n’a pas été autorisé. Autorisez-le dans le navigateur. S’il ne demande rien, la page autour doit avoir allow="camera; microphone".',
  inUse: 'Une autre application l’utilise. Fermez-la, ou choisissez un autre appareil.',
  missing: 'Rien trouvé. Branchez un appareil, nous le remarquerons.',
  failed: 'L’appareil ne démarre pas. Réessayez, ou choisissez-en un autre.',
  unplugged: 'L’appareil a été débranché. Rebranchez-le, ou choisissez-en un autre.',
  gone: 'Votre appareil habituel n’est pas là. Nous en utilisons un autre.',
  silent: 'Autre chose l’occupe, comme un appel. Il reviendra ensuite.',
  insecure:
    'Cette page n’est pas sécurisée : les navigateurs n’autorisent l’accès qu’en https. Prévenez le responsable du site.',
  unsupported: 'Ce navigateur ne donne pas accès. Ouvrez la page dans un autre.',
  policy: 'Les règles de ce site interdisent l’accès. Prévenez son responsable.',
  frame: 'La page autour ne donne pas accès. Son responsable ajoute allow="camera; microphone" au cadre.',
  slow: 'Votre navigateur ne répond pas. Répondez à sa question, ou ouvrez la page dans un autre.',
  retry: 'Réessayer',
  copyLink: 'Copier le lien',
  copied: 'Lien copié.',
};
