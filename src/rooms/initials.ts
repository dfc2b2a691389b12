/** A letter, a digit or a picture: what one can see of a word, without marks and punctuation. */
const SEEN = /[^\p{C}\p{M}\p{P}\p{Z}\p{DI}\u2800]/u;

/** The first letters of the first and the last word of a name, in capitals: at most two characters. */
export function initialsOf(name: string): string {
  const letters = name.split(/\s+/).flatMap(word => SEEN.exec(word) ?? []);
  const ends = letters.length > 1 ? [letters[0]!, letters.at(-1)!] : letters;
  // Some letters have two capitals: ß.
  return ends.map(letter => /./su.exec(letter.toUpperCase())![0]).join('');
}
