import type {Words} from './en.js';
import {counter} from '../plural.js';

const count = counter('de');

export const de: Words = {
  rooms: 'Räume',
  search: 'Räume suchen',
  loading: 'Räume werden geladen …',
  empty: 'Es gibt noch keine Räume.',
  noMatch: query => `Kein Raum passt zu „${query}“.`,
  found: n => count(n, {one: '# Raum', other: '# Räume'}),
  groups: {live: 'Läuft gerade', open: 'Offen', soon: 'Öffnet bald', over: 'Beendet', new: 'Neu'},
  inside: n => (n === undefined ? 'Läuft gerade' : count(n, {one: '# Person im Raum', other: '# Personen im Raum'})),
  lecture: 'Vortrag',
  over: 'Beendet',
  gone: 'Entfernt',
  opens: time => `Öffnet: ${time}`,
  opensIn: wait => `Öffnet ${wait}.`,
  opensByItself: 'Sie können beitreten, sobald der Raum öffnet.',
  opened: 'Der Raum ist jetzt offen.',
  retry: 'Erneut versuchen',
  join: 'Beitreten',
  joining: 'Beitritt läuft …',
  joined: 'Sie werden verbunden.',
  chooseFirst: 'Bitte wählen Sie zuerst einen Raum.',
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
