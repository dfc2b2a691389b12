import type {Catalog} from './joining/joining.js';

/**
 * Reads a `lang` as the language in which most of its readers have words. Throws a `RangeError` for an invalid tag.
 *
 * By CLDR's data: a language that is usually written in a Chinese script, such as Cantonese (`yue`), is Chinese in that
 * script, and the kinds of Arabic and of German that many people speak are these.
 */
export function localeOf(tag: string): Intl.Locale {
  const locale = new Intl.Locale(
    tag
      // Servers write `pt_BR` for `pt-BR`.
      .replace(/_/g, '-')
      // `zh-yue` is the long form of `yue`.
      .replace(/^..-(?=[a-z]{3}\b)/i, '')
      // WebKit does not replace the old code of Hebrew.
      .replace(/^iw\b/i, 'he')
      .replace(/^a(cm|eb|fb|pc|r[qsyz])\b/i, 'ar')
      .replace(/^(gsw|lb)\b/i, 'de'),
  );
  const {script, region} = locale.maximize();
  return /^Han[st]$/.test(script!) ? new Intl.Locale('zh', {script, region}) : locale;
}

/** The key of a language's loader. Only Chinese has one for each script. */
export function keyOf({language, script}: Intl.Locale, {others}: Pick<Catalog<unknown>, 'others'>): string {
  const own = `${language}${script}`;
  return others[own] ? own : language;
}
