/**
 * Text that is safe on a terminal: no character that moves the cursor, changes the direction of a line or breaks it.
 *
 * Unicode's general categories C (controls, formats, surrogates, private use, unassigned), Zl and Zp; a caller may exempt one
 * character, a tab or line break.
 */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** The text with U+FFFD for each such character except `kept`. */
export const printable = (text: string, kept = "\t"): string =>
  text.replace(UNSEEN, (character) => (character === kept ? character : "\ufffd"));
