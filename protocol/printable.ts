/**
 * Text that is safe on a terminal: no character that moves the cursor, changes the direction of a line or breaks it.
 *
 * The characters concerned are those of Unicode's general categories C (controls, formats, surrogates, private use, unassigned), Zl
 * and Zp. A caller may exempt one of them, such as a tab or line break. Exported files keep line breaks and tabs; text has U+FFFD for
 * all others, JSON an escape, which loses nothing.
 */
const UNSEEN = /[\p{C}\p{Zl}\p{Zp}]/gu;

/** The text with U+FFFD for each such character except `kept`. */
export const printable = (text: string, kept = "\t"): string =>
  text.replace(UNSEEN, (character) => (character === kept ? character : "\ufffd"));

const UNSEEN_IN_FILES = /[^\n\r\t\P{C}]|[\p{Zl}\p{Zp}]/gu;

/** The text of a file with U+FFFD for each such character. */
export const printableFile = (text: string): string => text.replace(UNSEEN_IN_FILES, "\ufffd");

/** JSON with each such character escaped: they occur only in its strings. */
export const printableJson = (json: string): string =>
  json.replace(UNSEEN_IN_FILES, (character) =>
    Array.from(
      { length: character.length },
      (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, "0")}`,
    ).join(""),
  );
