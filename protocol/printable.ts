/**
 * Text for a terminal, whoever has written it: nothing that moves a cursor, turns the direction of a line or makes a line of its own.
 *
 * Unicode's general categories C (controls, formats, surrogates, private use, unassigned), Zl and Zp; what the caller keeps is a tab or a line break.
 */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** The text with U+FFFD for each such character, but for `kept`. */
export const printable = (text: string, kept = "\t"): string =>
  text.replace(UNSEEN, (character) => (character === kept ? character : "\ufffd"));
