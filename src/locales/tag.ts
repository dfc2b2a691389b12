import type {Catalog} from './joining/joining.js';

/**
 * Reads a `lang`. What is usually written in a Chinese script by CLDR's data, such as Cantonese (`yue`), is Chinese in that
 * script. Throws a `RangeError` for an invalid tag.
 */
export function localeOf(tag: string): Intl.Locale {
  const locale = new Intl.Locale(
    tag
      // Servers write `pt_BR` for `pt-BR`.
      .replace(/_/g, '-')
      // `zh-yue` is the long form of `yue`.
      .replace(/^..-(?=[a-z]{3}\b)/i, '')
      // WebKit does not replace the old code of Hebrew.
      .replace(/^iw\b/i, 'he'),
  );
  // Nothing to look up: of the languages with two letters, only Chinese is usually written in a Chinese script. A slow phone
  // takes 30 ms to load CLDR's data, before it asks for the rooms.
  if (!locale.script && /^(?!zh)..$/.test(locale.language)) return locale;
  const {script, region} = locale.maximize();
  return /^Han[st]$/.test(script!) ? new Intl.Locale('zh', {script, region}) : locale;
}

/** The key of a language's loader. Only Chinese has one for each script. */
export function keyOf({language, script}: Intl.Locale, {others}: Pick<Catalog<unknown>, 'others'>): string {
  const own = `${language}${script}`;
  return others[own] ? own : language;
}
