import type {TellingWords} from './en.js';
import {counter} from '../plural.js';

const count = counter('de');

export const de: TellingWords = {
  opensIn: wait => `Öffnet ${wait}.`,
  opened: 'Der Raum ist jetzt offen.',
  joined: 'Sie werden verbunden.',
  inCall: 'Sie sind im Raum.',
  left: 'Sie haben den Raum verlassen.',
  name: 'Ihr Name',
  nameFaults: {missing: 'Bitte geben Sie Ihren Namen ein.', invalid: 'Höchstens 200 Zeichen, in einer Zeile.'},
  waitSeconds: n =>
    count(n, {
      one: 'Zu viele Versuche. Bitte warten Sie # Sekunde.',
      other: 'Zu viele Versuche. Bitte warten Sie # Sekunden.',
    }),
  backOnline: 'Sie sind wieder online. Bitte drücken Sie noch einmal auf die Schaltfläche.',
  failures: {
    invalid: 'Eine Angabe ist ungültig. Bitte prüfen Sie Ihren Namen.',
    role_invalid: 'Diese Seite ist nicht richtig eingerichtet. Bitte wenden Sie sich an den Betreiber.',
    unauthorized: 'Bitte melden Sie sich zuerst an und versuchen Sie es dann erneut.',
    signed_out: 'Sie sind vielleicht nicht mehr angemeldet. Melden Sie sich an und versuchen Sie es noch einmal.',
    denied: 'Sie sind dazu nicht berechtigt.',
    consent_missing:
      'Bitte stimmen Sie zuerst zu: Kreuzen Sie an, was erforderlich ist, und versuchen Sie es dann erneut.',
    not_found: 'Diesen Raum gibt es nicht. Bitte wählen Sie einen anderen.',
    room_active: 'In diesem Raum ist gerade jemand. Bitte versuchen Sie es gleich noch einmal.',
    not_editable: 'Das lässt sich nicht ändern.',
    too_late: 'Das lässt sich nicht mehr ändern.',
    room_full: 'Dieser Raum ist voll. Bitte versuchen Sie es gleich noch einmal.',
    not_open_yet: 'Dieser Raum ist noch nicht offen.',
    over: 'Dieser Raum ist beendet.',
    rate_limited: 'Zu viele Versuche. Bitte versuchen Sie es gleich noch einmal.',
    aborted: 'Das hat zu lange gedauert. Bitte versuchen Sie es erneut.',
    internal: 'Etwas ist schiefgegangen. Bitte versuchen Sie es erneut.',
    misconfigured: 'Diese Seite ist nicht richtig eingerichtet. Bitte wenden Sie sich an den Betreiber.',
    bad_reply: 'Etwas ist schiefgegangen. Bitte versuchen Sie es erneut.',
    platform_down: 'Die Räume antworten nicht. Bitte versuchen Sie es gleich noch einmal.',
    offline: 'Die Räume sind nicht erreichbar. Bitte prüfen Sie Ihre Verbindung.',
    timeout: 'Das hat zu lange gedauert. Bitte versuchen Sie es erneut.',
  },
};
