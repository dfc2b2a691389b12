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
  opensByItself: 'Sie können beitreten, sobald der Raum öffnet.',
  retry: 'Erneut versuchen',
  join: 'Beitreten',
  joining: 'Beitritt läuft …',
  ask: 'Beitritt anfragen',
  joinAgain: 'Wieder beitreten',
  leave: 'Verlassen',
  chooseFirst: 'Bitte wählen Sie zuerst einen Raum.',
  failed: 'Etwas ist schiefgegangen. Bitte versuchen Sie es erneut.',
};
