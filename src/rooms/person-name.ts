// The rules for a person's name. Pages check a name by them before they ask, and the token proxy decides by them.

// A line break, a lone surrogate or a change of direction in a name can make it look like somebody else's line.
const UNSPEAKABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202A-\u202E\u2066-\u2069]/u;

/** Any character that one can see. Some letters, such as the Hangul filler, are as empty as a space. */
const VISIBLE = /[^\s\p{Cc}\p{Cf}\p{M}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** The longest name, in UTF-16 units. */
const MAX_NAME = 200;

/** A name as it is sent: trimmed, in NFC. */
export const tidyName = (text: string) => text.normalize('NFC').trim();

/**
 * What is wrong with a tidy name: `missing` if there is nothing that one can see, `invalid` if it is too long or has
 * characters that control the line it is shown in. Undefined if it is a name.
 */
export function nameFault(name: string): 'missing' | 'invalid' | undefined {
  if (UNSPEAKABLE.test(name) || name.length > MAX_NAME) return 'invalid';
  return VISIBLE.test(name) ? undefined : 'missing';
}
