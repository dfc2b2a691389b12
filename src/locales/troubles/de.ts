import type {TroubleWords} from './en.js';

export const de: TroubleWords = {
  denied:
    'Ihr Browser sperrt den Zugriff. Erlauben Sie ihn am Schloss in der Adresszeile, und versuchen Sie es noch einmal.',
  dismissed: 'Die Frage Ihres Browsers wurde geschlossen. Versuchen Sie es noch einmal, und erlauben Sie den Zugriff.',
  refused:
    'Der Zugriff wurde nicht erlaubt. Erlauben Sie ihn in den Einstellungen von Browser und System, und versuchen Sie es noch einmal.',
  refusedInFrame:
    'Der Zugriff wurde nicht erlaubt. Erlauben Sie ihn im Browser. Fragt er nie, braucht die Seite ringsum allow="camera; microphone".',
  inUse: 'Eine andere App verwendet das Gerät. Schließen Sie sie, oder wählen Sie ein anderes Gerät.',
  missing: 'Nichts gefunden. Schließen Sie ein Gerät an, wir bemerken es.',
  failed: 'Das Gerät startet nicht. Versuchen Sie es noch einmal, oder wählen Sie ein anderes.',
  unplugged: 'Das Gerät wurde abgezogen. Stecken Sie es wieder an, oder wählen Sie ein anderes.',
  gone: 'Ihr bisheriges Gerät ist nicht da. Wir verwenden ein anderes.',
  silent: 'Etwas anderes verwendet das Gerät gerade, etwa ein Anruf. Danach geht es weiter.',
  insecure:
    'Diese Seite ist nicht sicher: Browser erlauben den Zugriff nur mit https. Bitte sagen Sie es dem Betreiber.',
  unsupported: 'Dieser Browser gibt keinen Zugriff. Öffnen Sie die Seite in einem anderen.',
  policy: 'Die Regeln dieser Website verbieten den Zugriff. Bitte sagen Sie es dem Betreiber.',
  frame: 'Die Seite ringsum gibt keinen Zugriff. Ihr Betreiber ergänzt allow="camera; microphone" am Rahmen.',
  slow: 'Ihr Browser antwortet nicht. Beantworten Sie seine Frage, oder öffnen Sie die Seite in einem anderen.',
  retry: 'Noch einmal versuchen',
  copyLink: 'Link kopieren',
  copied: 'Link kopiert.',
};
