/** Letters that Unicode does not take apart, though people type them without their stroke or as two. */
const LETTERS: Record<string, string> = {
  Ł: 'L',
  Ø: 'O',
  Đ: 'D',
  Ð: 'D',
  Ħ: 'H',
  Ŧ: 'T',
  Æ: 'AE',
  Œ: 'OE',
  Þ: 'TH',
  ـ: '',
};

/**
 * Prepares a text for a comparison: no case, no accents, one kind of width, space and dash, no apostrophes and quotes, no
 * invisible characters. `Straße` becomes `STRASSE`. Marks stay in scripts where they are letters, such as Devanagari and kana.
 */
export const fold = (text: string) =>
  text
    // Before the text is normalized, which makes a space of ´.
    .replace(/['`´′‵׳＇\p{Pi}\p{Pf}‚ʹ-ˈ]/gu, '')
    .normalize('NFKD')
    // Latin, Greek, Cyrillic, Hebrew and Arabic.
    .replace(/([a-zÀ-ۿ])\p{M}+/giu, '$1')
    .normalize('NFC')
    // No locale, so that i and I are the same for a Turkish visitor, too. First to lower case, for ẞ.
    .toLowerCase()
    .toUpperCase()
    .replace(/[^ -~]/g, letter => LETTERS[letter] ?? letter)
    .replace(/[\p{Pd}−~⁃]/gu, '-')
    .replace(/\p{Cf}/gu, '')
    .replace(/\s+/g, ' ');
