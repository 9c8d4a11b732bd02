/**
 * Limits on the content of an SDP, checked before it is read: its output is bounded by its own size.
 *
 * RFC 8866 has no limits. Two letters in a list (`;a`) become a 25-letter element in Jingle, a number in an m-line one of 70 letters,
 * and a session-level line is repeated in each section; so words are counted, and the output of such lines is estimated. Rules: the
 * output is never larger than ten times the SDP plus 4 kB; the number of words is limited in proportion to the length, generously
 * for short ones; linear work. The lists themselves are bounded where they are read (media/values.ts).
 */
import { MOST } from "../media/values.ts";
import { Refusal } from "../refusal.ts";

const MOST_LINES = 4_000;
const LONGEST_LINE = 4_096;
const MOST_WORDS = 16_384;
/** Real SDPs have one word in six to ten characters. */
const LEAST_WORD = 4;
const FEW_WORDS = 128;

/** The lines of an SDP. Throws `Refusal` for too many lines, a line too long, or too many words. */
export function boundedLines(text: string): readonly string[] {
  const lines = splitLines(text, MOST_LINES + 1);
  if (lines.length > MOST_LINES) throw new Refusal("an SDP of too many lines", { status: 400 });
  if (lines.some((line) => line.length > LONGEST_LINE))
    throw new Refusal("a line of SDP that is too long", { status: 400 });
  if (hasMoreWords(text, Math.min(MOST_WORDS, FEW_WORDS + text.length / LEAST_WORD)))
    throw new Refusal("an SDP of too many words", { status: 488, warning: 399 });
  return lines;
}

/** Splits at CRLF, LF or CR, into at most `most` lines; the regular expression is used only for a bare CR, which is rare. */
function splitLines(text: string, most: number): string[] {
  const plain = text.replaceAll("\r\n", "\n");
  return plain.split(plain.includes("\r") ? /[\r\n]/ : "\n", most);
}

const BLANK = 0x20;
const SEMICOLON = 0x3b;

/** Counts blanks and semicolons, which separate words and parameters. */
function hasMoreWords(text: string, most: number): boolean {
  let words = 0;
  for (let at = 0; at < text.length && words <= most; at++) {
    const code = text.charCodeAt(at);
    if (code === BLANK || code === SEMICOLON) words++;
  }
  return words > most;
}

/** Session-level attributes that are repeated in each section. */
const copied = new Set("extmap fingerprint candidate ice-ufrag ice-pwd ice-options".split(" "));
/** Overhead in Jingle, in characters: of a value, of a section, and of a format without a=rtpmap. */
const ELEMENT = 128;
const CONTENT = 288;
const STATIC_CODEC = 72;
const MOST_COPIED = 131_072;
/** Output allowed in any case, and per character of the SDP. */
const FEW = 4_096;
const MOST_TIMES = 6;

interface Part {
  readonly attributes: ReadonlyMap<string, readonly string[]>;
}
interface Section extends Part {
  readonly formats: readonly string[];
}

/** Throws `Refusal` if few words would become much output: session-level lines repeated in sections, or bare numbers. */
export function mustNotSwell(session: Part, sections: readonly Section[], length: number): void {
  const shared = copiedOf(session, sections);
  const own = sections.reduce((sum, section) => sum + CONTENT + STATIC_CODEC * unnamedOf(section), 0);
  if (shared > Math.min(MOST_COPIED, FEW + 2 * length) || shared + own > FEW + MOST_TIMES * length)
    throw new Refusal("an SDP that says too much in few words", { status: 488, warning: 399 });
}

function copiedOf(session: Part, sections: readonly Section[]): number {
  const values = [...session.attributes].flatMap(([name, all]) => (copied.has(name) ? all : []));
  const once = values.reduce((sum, value) => sum + value.length + ELEMENT, 0);
  // the id of each candidate contains the name of its content
  const candidates = Math.min(session.attributes.get("candidate")?.length ?? 0, MOST.candidates);
  const names = sections.reduce((sum, { attributes }) => sum + (attributes.get("mid")?.[0]?.length ?? 0), 0);
  return once * sections.length + candidates * names;
}

const unnamedOf = ({ formats, attributes }: Section): number =>
  Math.max(0, formats.length - (attributes.get("rtpmap")?.length ?? 0));
